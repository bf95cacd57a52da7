/** The prompt as a row of pieces, each plain or marked, so that marks can be drawn under the text. */

import type { Remark, Span } from "../api/types";

export interface Segment {
  text: string;
  kind: string; // "" where nothing was read
  label: string;
  lost: boolean; // said, and not understood
}

/** Where spans overlap the later, narrower one wins: a mention inside a spoken line is seen as a mention. */
export function segments(prompt: string, spans: readonly Span[], remarks: readonly Remark[]): Segment[] {
  const size = prompt.length;
  const owner = new Int32Array(size).fill(-1);
  const order = spans.map((_, index) => index).sort((a, b) => width(spans[b]!) - width(spans[a]!));
  for (const index of order) {
    const { start, end } = spans[index]!;
    owner.fill(index, clamp(start, size), clamp(end, size));
  }
  const lost = new Uint8Array(size);
  for (const { start, end } of remarks) {
    if (start != null && end != null) lost.fill(1, clamp(start, size), clamp(end, size));
  }
  const out: Segment[] = [];
  for (let from = 0; from < size; ) {
    let to = from + 1;
    while (to < size && owner[to] === owner[from] && lost[to] === lost[from]) to++;
    const span = spans[owner[from]!];
    out.push({ text: prompt.slice(from, to), kind: span?.kind ?? "", label: span?.label ?? "", lost: lost[from] === 1 });
    from = to;
  }
  return out;
}

const width = (span: Span): number => span.end - span.start;
const clamp = (at: number, size: number): number => Math.max(0, Math.min(size, at));

/** Places in an older text, moved to where they are after one edit; those that the edit touched are gone. */
export function moved<T extends { start?: number | null; end?: number | null }>(before: string, after: string, places: readonly T[]): T[] {
  if (before === after) return [...places];
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const shift = after.length - before.length;
  const cut = before.length - tail;
  return places.flatMap((place) => {
    if (place.start == null || place.end == null) return [place];
    if (place.end <= head) return [place];
    if (place.start >= cut) return [{ ...place, start: place.start + shift, end: place.end + shift }];
    return [];
  });
}
