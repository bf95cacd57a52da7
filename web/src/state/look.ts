/** Light or dark: as the system says until somebody chooses. */
import { effect, signal } from "@preact/signals";
import { language } from "../texts";

export type Theme = "auto" | "dark" | "light";
const NAME = "phonofilm.theme";
const ORDER: Theme[] = ["auto", "dark", "light"];

export const theme = signal<Theme>(ORDER.find((one) => one === localStorage.getItem(NAME)) ?? "auto");

export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length]!;
  localStorage.setItem(NAME, theme.value);
}

/** Keeps the page's root as chosen. */
export function dress(): void {
  effect(() => {
    const root = document.documentElement;
    if (theme.value === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme.value;
    root.lang = language.value === "zh" ? "zh-CN" : "en";
  });
}
