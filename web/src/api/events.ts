/** A task's events as they happen. Read with fetch, so that a key goes in a header and never in an address. */

import { EventReader, type ServerEvent } from "../pure/events";
import { API, Problem, ask } from "./http";

const PAUSES = [500, 1000, 2000, 5000];

/** Calls `told` for each event until the task is done or `signal` aborts. A lost connection is taken up after the last event seen. */
export async function follow(id: string, told: (event: ServerEvent) => void, signal: AbortSignal): Promise<void> {
  let last = "";
  for (let failures = 0; !signal.aborted; ) {
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (last) headers["Last-Event-ID"] = last;
      const answer = await ask(`${API}/contents/generations/tasks/${encodeURIComponent(id)}/events`, { headers, signal });
      const reader = new EventReader();
      const text = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await text.read();
        if (done) break;
        failures = 0;
        for (const event of reader.feed(value)) {
          if (event.id) last = event.id;
          told(event);
          if (event.event === "done") return;
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429) return;
    }
    await new Promise((wake) => setTimeout(wake, PAUSES[Math.min(failures++, PAUSES.length - 1)]));
  }
}
