/** Short notices at the edge of the page, read out as they come. */
import { signal } from "@preact/signals";
import { Problem } from "../api/http";
import { t } from "../texts";

export interface Choice {
  label: string;
  act: () => void;
}

export interface Notice {
  id: number;
  text: string;
  tone: "plain" | "good" | "bad";
  choices: Choice[];
}

export const notices = signal<Notice[]>([]);
let last = 0;

export function notify(text: string, tone: Notice["tone"] = "plain", choices: Choice[] = []): void {
  const id = ++last;
  notices.value = [...notices.value.filter((one) => one.text !== text), { id, text, tone, choices }].slice(-4);
  if (tone !== "bad" && !choices.length) setTimeout(() => dismiss(id), 7000);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((one) => one.id !== id);
}

/** What a failure says to a person; "" for those that the page shows elsewhere. */
export function saying(error: unknown): string {
  if (error instanceof Problem) {
    if (error.status === 401) return "";
    return error.code === "unreachable" ? t("error_unreachable") : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}

export function complain(error: unknown): void {
  const text = saying(error);
  if (text) notify(text, "bad");
}
