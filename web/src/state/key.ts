/** The access key: kept for as long as the tab is open, in no address and no cookie. */
import { signal } from "@preact/signals";

const NAME = "phonofilm.key";

export const key = signal(sessionStorage.getItem(NAME) ?? "");
/** null: not asked for; else what the server said to the last one. */
export const keyWanted = signal<string | null>(null);

export function keyRefused(message: string): void {
  keyWanted.value = key.value ? message || "refused" : "";
}

export function setKey(next: string): void {
  key.value = next;
  keyWanted.value = null;
  if (next) sessionStorage.setItem(NAME, next);
  else sessionStorage.removeItem(NAME);
}
