/** Completion of @mentions: what is being typed at the caret, and which tags fit. */

export interface Typed {
  start: number; // of the @
  end: number; // the caret
  query: string;
}

/** The mention that the caret stands at the end of, or null. An @ inside a word (an address) is none. */
export function typedAt(text: string, caret: number): Typed | null {
  const found = /(^|[^\p{Script=Latin}\p{N}_.])@([\p{L}\p{N}_]*)$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const query = found[2]!;
  return { start: caret - query.length - 1, end: caret, query };
}

/** Tags that fit what was typed: those that begin with it first, then those that hold it. */
export function matching<T extends { tag: string }>(options: readonly T[], query: string): T[] {
  const wanted = query.toLowerCase();
  const begins = options.filter(({ tag }) => tag.toLowerCase().startsWith(wanted));
  const holds = options.filter(({ tag }) => !tag.toLowerCase().startsWith(wanted) && tag.toLowerCase().includes(wanted));
  return [...begins, ...holds];
}

/** The text with the typed mention made whole, and where the caret stands then: one space after it. */
export function completed(text: string, typed: Typed, tag: string): { text: string; caret: number } {
  const rest = text.slice(typed.end);
  const gap = /^[\s,.;:!?，。；：！？、]/.test(rest) ? "" : " ";
  const head = `${text.slice(0, typed.start)}@${tag}${gap}`;
  return { text: head + rest, caret: head.length };
}
