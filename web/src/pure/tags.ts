/** Tags: the names that files have in a prompt. */

import type { Kind } from "../api/types";

/** What a name may be made of: letters and digits of any script, and the underscore. */
const OUTSIDE = /[^\p{L}\p{N}_]+/gu;
const LONGEST = 40;

/** A tag as the prompt can say it. */
export function clean(name: string): string {
  return name.normalize("NFC").replace(OUTSIDE, "_").replace(/^_+|_+$/g, "").slice(0, LONGEST);
}

/** `wanted`, or with the first number that makes it another than those taken (compared without case, as the reader does). */
export function free(wanted: string, taken: Iterable<string>): string {
  const used = new Set([...taken].map((tag) => tag.toLowerCase()));
  const base = clean(wanted) || "file";
  if (!used.has(base.toLowerCase())) return base;
  const stem = base.replace(/_?\d+$/, "") || base;
  for (let number = 2; ; number++) {
    if (!used.has(`${stem}${number}`.toLowerCase())) return `${stem}${number}`;
  }
}

/** A tag for a new file: its own name, or what it is where its name says nothing (IMG_2041, 截屏 …). */
export function tagFor(fileName: string, kind: Kind, taken: Iterable<string>): string {
  const stem = clean(fileName.replace(/\.[^.]*$/, "")).toLowerCase();
  const says = stem.replace(/(?:img|dsc|dscn|pxl|vid|mvi|image|photo|screenshot|unnamed|download|wa)?[\d_]*/g, "");
  return free(says.length > 1 && stem.length <= 24 ? stem : { image: "picture", video: "clip", audio: "recording" }[kind], taken);
}

/** The tags whose name alone says a role, so that choosing a role is choosing a name. */
export const ROLE_TAGS: Record<string, string> = {
  face: "face_photo",
  outfit: "outfit",
  product: "product",
  subject: "subject",
  background: "background",
  style: "style",
  logo: "logo",
  first_frame: "first_frame",
  last_frame: "last_frame",
  motion: "dance",
  camera: "camera_ref",
  edit_source: "edit_source",
  footage: "footage",
  music: "bg_music",
  voice: "voiceover",
  timbre: "timbre",
  effect: "sfx",
};

export const ROLES_OF: Record<Kind, readonly string[]> = {
  image: ["face", "product", "subject", "background", "first_frame", "last_frame", "logo", "style", "outfit"],
  video: ["footage", "edit_source", "background", "motion", "camera", "style"],
  audio: ["voice", "music", "effect", "timbre"],
};

/** The prompt with every mention of `before` saying `after`. */
export function renamed(prompt: string, before: string, after: string): string {
  const escaped = before.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return prompt.replace(new RegExp(`@${escaped}(?![\\p{L}\\p{N}_])`, "giu"), () => `@${after}`);
}
