/** The request that is being written: prompt, files, settings. It outlives a reload of the page. */
import { batch, computed, effect, signal } from "@preact/signals";
import { lookAt, sendFile } from "../api/calls";
import { Problem } from "../api/http";
import type { Asked, Asset, GivenReference, Kind } from "../api/types";
import { ROLE_TAGS, clean, free, renamed, tagFor } from "../pure/tags";
import { bytes } from "../pure/time";
import { t, type Key } from "../texts";
import { notify, saying } from "./notices";
import { limitsOf, profile } from "./options";

export interface Ref {
  key: string;
  tag: string;
  kind: Kind;
  name: string;
  size: number;
  seconds: number;
  width: number;
  height: number;
  thumbnail: string;
  peaks: number[]; // 0…1, of a recording
  asset: string; // "" until the server has it
  sent: number; // 0…1
  error: string;
  transcript: string;
  consent: string;
}

export type Settings = Pick<Asked, "duration" | "ratio" | "resolution" | "seed" | "engine" | "generate_audio" | "draft" | "watermark">;

const KEPT = "phonofilm.draft";
const START: Settings = {
  duration: -1,
  ratio: "adaptive",
  resolution: "720p",
  seed: 0,
  engine: "stage",
  generate_audio: true,
  draft: false,
  watermark: false,
};

export const prompt = signal("");
/** Words to be put into the prompt at its caret. */
export const inserting = signal("");
export const refs = signal<Ref[]>([]);
export const settings = signal<Settings>(START);

const files = new Map<string, File>();
const stops = new Map<string, AbortController>();

export const busy = computed(() => refs.value.some((ref) => !ref.asset && !ref.error));
export const broken = computed(() => refs.value.some((ref) => ref.error));

const patch = (key: string, change: Partial<Ref>): void => {
  refs.value = refs.value.map((ref) => (ref.key === key ? { ...ref, ...change } : ref));
};

export function set<K extends keyof Settings>(name: K, value: Settings[K]): void {
  settings.value = { ...settings.value, [name]: value };
}

export function rollSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

export function kindOf(file: File): Kind | null {
  const [kind] = file.type.split("/");
  if (kind === "image" || kind === "video" || kind === "audio") return kind;
  if (/\.(jpe?g|png|webp|heic|heif|avif|gif|bmp|tiff?)$/i.test(file.name)) return "image";
  if (/\.(mp4|mov|m4v|mkv|webm)$/i.test(file.name)) return "video";
  if (/\.(wav|mp3|m4a|ogg|opus|flac|aac)$/i.test(file.name)) return "audio";
  return null;
}

/** Takes files in; each goes its own way, so that the failure of one loses no other. Returns the tags that they got. */
export function addFiles(given: Iterable<File>): string[] {
  const tags: string[] = [];
  for (const file of given) {
    const kind = kindOf(file);
    if (!kind) {
      notify(t("file_kind", { name: file.name }), "bad");
      continue;
    }
    const most = limitsOf(kind);
    const have = refs.value.filter((ref) => ref.kind === kind).length;
    if (most && have >= most.count) {
      notify(t("files_full", { n: most.count, kind: t(`kind_${kind}` as Key), name: file.name }), "bad");
      continue;
    }
    const tag = tagFor(file.name, kind, refs.value.map((ref) => ref.tag));
    const key = crypto.randomUUID();
    const thumbnail = kind === "image" && file.size < 30e6 ? URL.createObjectURL(file) : "";
    const ref = { key, tag, kind, name: file.name, size: file.size, seconds: 0, width: 0, height: 0, thumbnail, peaks: [] };
    refs.value = [...refs.value, { ...ref, asset: "", sent: 0, error: "", transcript: "", consent: "" }];
    files.set(key, file);
    tags.push(tag);
    if (most && file.size > most.bytes) patch(key, { error: t("file_large", { name: file.name, size: bytes(file.size), most: bytes(most.bytes) }) });
    else void send(key);
  }
  return tags;
}

export async function send(key: string): Promise<void> {
  const file = files.get(key);
  if (!file) return;
  const stop = new AbortController();
  stops.set(key, stop);
  patch(key, { error: "", sent: 0 });
  try {
    const asset = await sendFile(file, (share) => patch(key, { sent: share }), stop.signal);
    take(key, asset);
  } catch (error) {
    if (!stop.signal.aborted) patch(key, { error: saying(error) || t("key_title") });
  } finally {
    stops.delete(key);
  }
}

function take(key: string, asset: Asset): void {
  const before = refs.value.find((ref) => ref.key === key)?.thumbnail ?? "";
  const thumbnail = asset.thumbnail || before;
  if (before.startsWith("blob:") && before !== thumbnail) URL.revokeObjectURL(before);
  const { kind, width, height, seconds, peaks } = asset;
  patch(key, { asset: `asset://${asset.id}`, sent: 1, kind, size: asset.bytes, width, height, seconds, thumbnail, peaks });
}

export function retry(key: string): void {
  if (files.has(key)) void send(key);
}

export function retryable(key: string): boolean {
  return files.has(key);
}

export function removeRef(key: string): void {
  stops.get(key)?.abort();
  files.delete(key);
  refs.value = refs.value.filter((ref) => ref.key !== key);
}

/** Another name for a file: its mentions in the prompt follow. Returns the name that it got. */
export function renameRef(key: string, wanted: string): string {
  const ref = refs.value.find((one) => one.key === key);
  if (!ref || !clean(wanted) || clean(wanted) === ref.tag) return ref?.tag ?? "";
  const tag = free(wanted, refs.value.filter((one) => one.key !== key).map((one) => one.tag));
  batch(() => {
    patch(key, { tag });
    prompt.value = renamed(prompt.value, ref.tag, tag);
  });
  return tag;
}

/** A role is chosen by the name that says it. */
export function chooseRole(key: string, role: string): void {
  const tag = ROLE_TAGS[role];
  if (tag) renameRef(key, tag);
}

export const setTranscript = (key: string, transcript: string): void => patch(key, { transcript });
export const setConsent = (key: string, consent: string): void => patch(key, { consent });

const said = (field: "transcript" | "consent"): Record<string, string> =>
  Object.fromEntries(refs.value.filter((ref) => ref[field].trim()).map((ref) => [ref.tag, ref[field].trim()]));

/** The draft as it is asked for. */
export function asked(): Asked {
  const references = refs.value.map(({ tag, kind, name, asset }) => ({ tag, kind, name, asset }));
  const fields = { ...settings.value, limits: profile.value, transcripts: said("transcript"), consent: said("consent") };
  return { prompt: prompt.value, references, ...fields };
}

/** A file that is on the server already, as a reference of the draft. */
export function refOf(given: GivenReference, more: Partial<Ref> = {}): Ref {
  const { tag, kind, name, asset, thumbnail = "", peaks = [] } = given;
  const empty = { size: 0, seconds: 0, width: 0, height: 0, sent: 1, transcript: "", consent: "" };
  return { ...empty, key: crypto.randomUUID(), tag, kind, name, asset, thumbnail, peaks, error: asset ? "" : t("file_missing"), ...more };
}

/** Puts a request into the draft: of a task, of a film that was dropped, of an example. */
export function fill(request: Partial<Asked>, assets: Record<string, Asset> = {}): void {
  batch(() => {
    prompt.value = request.prompt ?? "";
    refs.value = (request.references ?? []).map((given) => {
      const asset = assets[given.tag];
      const facts = asset && { size: asset.bytes, seconds: asset.seconds, width: asset.width, height: asset.height, thumbnail: asset.thumbnail, peaks: asset.peaks };
      return refOf(given, { transcript: request.transcripts?.[given.tag] ?? "", consent: request.consent?.[given.tag] ?? "", ...facts });
    });
    const { duration, ratio, resolution, seed, engine, generate_audio, draft, watermark } = request;
    const wanted = { duration, ratio, resolution, seed, engine, generate_audio, draft, watermark };
    const told = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined && value !== null));
    settings.value = { ...START, ...(told as Partial<Settings>) };
    if (request.limits) profile.value = request.limits;
  });
  for (const ref of refs.value) {
    if (ref.asset && !ref.thumbnail && !ref.peaks.length) void known(ref);
  }
}

/** What the server still knows of a file that was used before. */
async function known(ref: Ref): Promise<void> {
  try {
    take(ref.key, await lookAt(ref.asset));
  } catch (error) {
    if (error instanceof Problem && error.status === 404) patch(ref.key, { asset: "", error: t("file_missing") });
  }
}

/** Keeps the draft while the tab is open. Files that never reached the server are not kept. */
export function keepDraft(): void {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as { prompt: string; refs: Ref[]; settings: Settings } | null;
    if (kept) {
      prompt.value = kept.prompt;
      refs.value = kept.refs;
      settings.value = { ...START, ...kept.settings };
    }
  } catch {
    sessionStorage.removeItem(KEPT);
  }
  effect(() => {
    const there = refs.value.filter((ref) => ref.asset);
    const kept = there.map((ref) => (ref.thumbnail.startsWith("blob:") ? { ...ref, thumbnail: "" } : ref));
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ prompt: prompt.value, refs: kept, settings: settings.value }));
    } catch {
      // the tab's store is full: the draft is then not kept
    }
  });
}
