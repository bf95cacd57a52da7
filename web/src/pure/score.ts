/** A score as the timeline needs it: out of its JSON document, whose fields are left out where they have their default. */

export interface Phone {
  start: number;
  end: number;
  ipa: string;
  viseme: string;
}

export interface Leg {
  start: number;
  end: number;
  family: string;
  asked: number;
  delivered: number;
}

export interface ShotView {
  start: number;
  end: number;
  travel: [number, number][]; // tick; how much of its change the camera has made, 0…1
  family: string;
  setting: string;
  words: string;
  transition: string;
  seen: string[];
  legs: Leg[];
}

export interface LineView {
  start: number;
  end: number;
  text: string;
  actor: string;
  language: string;
  phones: Phone[];
}

/** Anything else that is heard or read: `end` equals `start` where it is a moment. */
export interface CueView {
  start: number;
  end: number;
  kind: string;
  label: string;
  beats: number[];
  downbeats: Set<number>;
}

export interface ScoreView {
  length: number;
  width: number;
  height: number;
  seed: number;
  shots: ShotView[];
  lines: LineView[];
  cues: CueView[];
}

type Json = Record<string, unknown>;

const number = (value: unknown, otherwise = 0): number => (typeof value === "number" && Number.isFinite(value) ? value : otherwise);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const object = (value: unknown): Json => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {});

export function viewOf(document: unknown): ScoreView {
  const score = object(document);
  const length = number(score.length);
  const cues = list(score.cues).map(object);
  return {
    length,
    width: number(score.width),
    height: number(score.height),
    seed: number(score.seed),
    shots: list(score.shots).map(object).map(shot),
    lines: cues.filter((cue) => cue.kind === "line").map(line),
    cues: cues.filter((cue) => cue.kind !== "line").map((cue) => moment(cue, length)),
  };
}

function shot(data: Json): ShotView {
  const camera = object(data.camera);
  const setting = object(data.setting);
  const own: Leg = {
    start: number(data.start),
    end: number(data.end),
    family: text(camera.family) || "static",
    asked: number(camera.asked),
    delivered: number(camera.delivered),
  };
  const legs = list(camera.legs)
    .map(object)
    .map((leg) => ({ start: number(leg.start), end: number(leg.end), family: text(leg.family), asked: number(leg.asked), delivered: number(leg.delivered) }));
  return {
    start: own.start,
    end: own.end,
    travel: travelOf(list(camera.keys).map(object), own.start, own.end),
    family: own.family,
    setting: text(setting.place) || text(setting.kind),
    words: text(data.words),
    transition: text(data.transition) || "cut",
    seen: list(data.seen).map(text),
    legs: legs.length ? legs : [own],
  };
}

/** How far the camera has come along its path: place, turn and focal length together, from 0 at its first key to 1 at its last. */
function travelOf(keys: Json[], start: number, end: number): [number, number][] {
  let sum = 0;
  const way = keys.map((key, index): [number, number] => {
    const before = keys[index - 1];
    if (before) {
      const turn = distance(before.orientation, key.orientation) * 3; // radians weigh as metres a few steps away
      sum += distance(before.position, key.position) + turn + Math.abs(Math.log(number(key.focal, 50) / number(before.focal, 50)));
    }
    return [number(key.tick), sum];
  });
  if (sum < 1e-6) return [[start, 0], [end, 0]];
  return way.map(([tick, done]) => [tick, done / sum]);
}

function distance(a: unknown, b: unknown): number {
  const [from, to] = [list(a), list(b)];
  return Math.hypot(...from.map((value, axis) => number(to[axis], number(value)) - number(value)));
}

function line(data: Json): LineView {
  const phones = list(data.phones).map(object);
  return {
    start: number(data.start),
    end: number(data.end),
    text: text(data.text),
    actor: text(data.actor),
    language: text(data.language),
    phones: phones.map((p) => ({ start: number(p.start), end: number(p.end), ipa: text(p.ipa), viseme: text(p.viseme) })),
  };
}

function moment(data: Json, length: number): CueView {
  const start = number(data.start);
  const words = [data.text, data.sound, data.style, object(data.source).name, data.surface, data.material].map(text);
  return {
    start,
    end: Math.min(number(data.end, start), length),
    kind: text(data.kind),
    label: words.find(Boolean) ?? "",
    beats: list(data.beats).map((beat) => number(beat)),
    downbeats: new Set(list(data.downbeats).map((beat) => number(beat))),
  };
}

/** Rows for spans that overlap: each gets the first row that is free at its start. */
export function rows<T extends { start: number; end: number }>(spans: readonly T[], gap: number): { span: T; row: number }[] {
  const ends: number[] = [];
  return [...spans]
    .sort((a, b) => a.start - b.start)
    .map((span) => {
      let row = ends.findIndex((end) => end <= span.start);
      if (row < 0) row = ends.length;
      ends[row] = Math.max(span.end, span.start + gap);
      return { span, row };
    });
}
