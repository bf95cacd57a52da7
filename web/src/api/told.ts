/** What the server tells, as the page uses it. */

import type { Fact, KindLimits, Options, Reading, Remark, Span } from "./types";

interface Placed {
  start16?: number;
  end16?: number;
}

export interface ToldReading {
  language: string;
  spans: (Span & Placed)[];
  remarks: (Remark & Placed)[];
  roles: Record<string, string>;
  shots?: (Placed & { from?: number | null; to?: number | null; transition: string; framing: string[] })[];
  scene?: Record<string, string | string[]>;
  refused?: string[];
}

/** Only these of a scene are no words that have a place already. */
const SCENE = ["place", "hour", "weather", "light", "mood", "style", "music", "surface"];
const TICKS = 48_000;

/** Places count as JavaScript does; a scene, times and wishes not to have something become facts. */
export function readingOf(told: ToldReading): Reading {
  const facts: Fact[] = [];
  const shots = told.shots ?? [];
  shots.forEach((shot, index) => {
    const from = shot.from == null ? "" : String(shot.from / TICKS);
    const to = shot.to == null ? "" : String(shot.to / TICKS);
    if (from || to) facts.push({ kind: "time", name: String(index + 1), value: `${from || "0"}–${to} s` });
    for (const framing of shot.framing) facts.push({ kind: "move", name: "", value: framing });
  });
  for (const name of SCENE) {
    const value = told.scene?.[name];
    if (typeof value === "string" && value) facts.push({ kind: "scene", name, value });
  }
  for (const value of told.refused ?? []) facts.push({ kind: "refused", name: "", value });
  const { language, roles } = told;
  return { language, roles, facts, spans: told.spans.map(place), remarks: told.remarks.map(place) };
}

function place<T extends Placed & { start?: number | null; end?: number | null }>(one: T): T {
  return one.start16 === undefined ? one : { ...one, start: one.start16, end: one.end16 };
}

type Profile = { files: number; consent: boolean; image: KindLimits; video: KindLimits; audio: KindLimits };

export interface ToldOptions {
  engines: { name: string; about: string }[];
  engine: string;
  resolutions: string[];
  ratios: string[];
  seconds: { shortest: number; longest: number };
  limits: Record<string, Profile>;
  default_limits: string;
}

/** The vendor's limits are for the vendor's clients: a person gets those for one's own files, unless the operator chose others. */
export function optionsOf(told: ToldOptions): Options {
  const { engines, engine, resolutions, ratios } = told;
  const limits = Object.entries(told.limits).map(([name, profile]) => ({ name, ...profile }));
  const own = told.default_limits === "seedance" && "local" in told.limits;
  const seconds = { least: told.seconds.shortest, most: told.seconds.longest };
  return { engines, engine, resolutions, ratios, seconds, limits, profile: own ? "local" : told.default_limits };
}
