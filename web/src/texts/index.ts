/** The text of a key in the language of the page. */
import { signal } from "@preact/signals";
import { en } from "./en";
import { zh } from "./zh";

export type Language = "en" | "zh";
export type Key = keyof typeof en;

const TABLES: Record<Language, Record<Key, string>> = { en, zh };

function first(): Language {
  const kept = localStorage.getItem("phonofilm.language");
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const language = signal<Language>(first());

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return TABLES[language.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** The text of a key that comes from data, else the data's own word. */
export function word(prefix: string, name: string): string {
  const key = `${prefix}_${name}`;
  return key in en ? t(key as Key) : name.replaceAll("_", " ");
}

export function setLanguage(next: Language): void {
  language.value = next;
  localStorage.setItem("phonofilm.language", next);
}
