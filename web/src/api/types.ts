/** What the server says and takes. Times in a score are ticks: 48 000 a second. */

export type Kind = "image" | "video" | "audio";
export type Status = "queued" | "running" | "succeeded" | "failed" | "cancelled" | "expired";

export interface Asset {
  id: string;
  kind: Kind;
  name: string;
  bytes: number;
  width: number;
  height: number;
  seconds: number;
  thumbnail: string;
  peaks: number[]; // of what has a sound, 0…1
}

/** [start, end) in UTF-16 units, as JavaScript counts. */
export interface Span {
  start: number;
  end: number;
  kind: string; // mention, move, line, sound, subject, action, time
  label: string;
  tag?: string;
}

export interface Remark {
  text: string;
  start?: number | null;
  end?: number | null;
  error: boolean; // the film would be refused for it
}

/** One thing that was read, but has no place of its own in the prompt. */
export interface Fact {
  kind: string;
  name: string;
  value: string;
}

export interface Reading {
  language: string;
  spans: Span[];
  remarks: Remark[];
  roles: Record<string, string>;
  facts: Fact[];
}

export interface KindLimits {
  count: number;
  bytes: number;
  formats: string[];
}

export interface Options {
  engines: { name: string; about: string }[];
  resolutions: string[];
  ratios: string[];
  seconds: { least: number; most: number };
  limits: { name: string; files: number; consent: boolean; image: KindLimits; video: KindLimits; audio: KindLimits }[];
  profile: string;
  engine: string;
}

/** A file of a request: `asset` is its address as an upload, "" where the server has it no more. */
export interface GivenReference {
  tag: string;
  kind: Kind;
  name: string;
  asset: string;
  thumbnail?: string;
  peaks?: number[];
}

/** What was asked for, as a task tells it and a film remembers it. */
export interface Asked {
  prompt: string;
  references: GivenReference[];
  duration: number; // s; -1: auto
  ratio: string;
  resolution: string;
  seed: number;
  engine: string;
  generate_audio: boolean;
  draft: boolean;
  watermark: boolean;
  limits: string;
  transcripts: Record<string, string>;
  consent: Record<string, string>;
}

export interface Task {
  id: string;
  model: string;
  status: Status;
  error?: { code: string; message: string } | null;
  created_at: number;
  updated_at: number;
  duration?: number | null;
  resolution?: string | null;
  ratio?: string | null;
  seed?: number | null;
  progress?: number;
  step?: string;
  position?: number | null;
  warnings?: string[];
  request?: Partial<Asked>;
  files?: Record<string, string>;
}

export interface Example {
  id: string;
  title: Record<string, string>;
  about: Record<string, string>;
  asked: Omit<Asked, "references"> & { references: { tag: string; kind: Kind }[] };
}

export interface Prepared {
  references: { tag: string; asset: Asset }[];
}
