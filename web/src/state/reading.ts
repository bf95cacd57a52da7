/** How the prompt is read: asked of the server a moment after the last key, and moved along with the text meanwhile. */
import { computed, effect, signal } from "@preact/signals";
import { readPrompt } from "../api/calls";
import type { Kind, Reading } from "../api/types";
import { moved } from "../pure/segments";
import { saying } from "./notices";
import { prompt, refs } from "./draft";

const PAUSE = 180; // ms

interface Read {
  prompt: string;
  reading: Reading;
}

const NOTHING: Reading = { language: "", spans: [], remarks: [], roles: {}, facts: [] };
const last = signal<Read>({ prompt: "", reading: NOTHING });
export const reading = signal(false);
export const readingError = signal("");

/** The newest reading, its places where they are in the prompt as it now stands. */
export const shown = computed<Reading>(() => {
  const { prompt: before, reading: read } = last.value;
  if (before === prompt.value) return read;
  return { ...read, spans: moved(before, prompt.value, read.spans), remarks: moved(before, prompt.value, read.remarks) };
});

const named = computed(() => JSON.stringify(refs.value.map(({ tag, kind }) => ({ tag, kind }))));

export function keepReading(): void {
  let timer = 0;
  let stop = new AbortController();
  effect(() => {
    const text = prompt.value;
    const references = JSON.parse(named.value) as { tag: string; kind: Kind }[];
    clearTimeout(timer);
    stop.abort();
    if (!text.trim() && !references.length) {
      last.value = { prompt: text, reading: NOTHING };
      reading.value = false;
      readingError.value = "";
      return;
    }
    reading.value = true;
    const mine = new AbortController();
    stop = mine;
    timer = window.setTimeout(() => {
      readPrompt(text, references, mine.signal)
        .then((read) => {
          last.value = { prompt: text, reading: read };
          readingError.value = "";
        })
        .catch((error: unknown) => {
          if (!mine.signal.aborted) readingError.value = saying(error);
        })
        .finally(() => {
          if (!mine.signal.aborted) reading.value = false;
        });
    }, PAUSE);
  });
}
