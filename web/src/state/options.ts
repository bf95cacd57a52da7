/** What the server offers. */
import { computed, signal } from "@preact/signals";
import { getOptions } from "../api/calls";
import type { Kind, KindLimits, Options } from "../api/types";
import { complain } from "./notices";

export const options = signal<Options>({
  engines: [],
  resolutions: ["480p", "720p", "1080p", "2k"],
  ratios: ["16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive"],
  seconds: { least: 4, most: 15 },
  limits: [],
  profile: "",
  engine: "stage",
});

/** The profile of limits that a draft is held to. */
export const profile = signal("");
export const limits = computed(() => options.value.limits.find(({ name }) => name === profile.value) ?? options.value.limits[0]);

export function limitsOf(kind: Kind): KindLimits | undefined {
  return limits.value?.[kind];
}

export async function loadOptions(): Promise<void> {
  try {
    options.value = await getOptions();
    if (!options.value.limits.some(({ name }) => name === profile.value)) profile.value = options.value.profile;
  } catch (error) {
    complain(error);
  }
}
