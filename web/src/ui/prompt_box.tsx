/** The prompt: a text area, the reading drawn under its letters, and the completion of @mentions. */
import type { JSX } from "preact";
import { useSignalEffect } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { completed, matching, typedAt, type Typed } from "../pure/complete";
import { segments } from "../pure/segments";
import { inserting, prompt, refs } from "../state/draft";
import { shown } from "../state/reading";
import { t } from "../texts";
import { Completion } from "./completion";

export function PromptBox({ onAdd }: { onAdd: () => void }): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const under = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState<Typed | null>(null);
  const [picked, setPicked] = useState(0);
  const caret = useRef<number | null>(null);
  const read = shown.value;
  const text = prompt.value;
  const pieces = useMemo(() => segments(text, read.spans, read.remarks), [text, read]);
  const options = typed ? matching(refs.value, typed.query) : [];
  const openList = typed !== null;

  useLayoutEffect(() => {
    const box = area.current!;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
    if (under.current) under.current.scrollTop = box.scrollTop;
    if (caret.current !== null) {
      box.focus();
      box.setSelectionRange(caret.current, caret.current);
      caret.current = null;
    }
  }, [text]);

  useSignalEffect(() => {
    const words = inserting.value;
    if (!words) return;
    inserting.value = "";
    const box = area.current!;
    const before = box.value.slice(0, box.selectionStart);
    const gap = before && !/\s$/.test(before) ? " " : "";
    caret.current = before.length + gap.length + words.length;
    prompt.value = before + gap + words + box.value.slice(box.selectionEnd);
  });

  const look = (): void => {
    const box = area.current!;
    const found = box.selectionStart === box.selectionEnd ? typedAt(box.value, box.selectionStart) : null;
    setTyped(found);
    if (found?.query !== typed?.query || found?.start !== typed?.start) setPicked(0);
  };

  const choose = (tag: string): void => {
    if (!typed) return;
    const made = completed(text, typed, tag);
    caret.current = made.caret;
    prompt.value = made.text;
    setTyped(null);
  };

  const key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      area.current!.form?.requestSubmit();
      return;
    }
    if (!openList || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      setTyped(null);
    } else if (options.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      setPicked((picked + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
    } else if (options.length && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
      event.preventDefault();
      choose(options[Math.min(picked, options.length - 1)]!.tag);
    }
  };

  return (
    <div class="prompt">
      <div class="prompt-under" ref={under} aria-hidden="true">
        {pieces.map((piece, index) =>
          piece.kind || piece.lost ? (
            <mark key={index} class={`span ${piece.kind ? `span-${piece.kind}` : ""} ${piece.lost ? "span-lost" : ""}`}>
              {piece.text}
            </mark>
          ) : (
            <span key={index}>{piece.text}</span>
          ),
        )}
        {"\u200b"}
      </div>
      <textarea
        id="prompt"
        ref={area}
        class="prompt-text"
        value={text}
        rows={5}
        spellcheck={false}
        placeholder={t("prompt_placeholder")}
        aria-label={t("prompt")}
        aria-describedby="prompt-hint reading-summary"
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={openList ? "completion" : undefined}
        aria-activedescendant={openList && options.length ? `completion-${Math.min(picked, options.length - 1)}` : undefined}
        onInput={(event) => {
          prompt.value = event.currentTarget.value;
          look();
        }}
        onKeyDown={key}
        onKeyUp={(event) => ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key) && look()}
        onClick={look}
        onBlur={() => setTyped(null)}
        onScroll={(event) => under.current && (under.current.scrollTop = event.currentTarget.scrollTop)}
      />
      {openList && <Completion options={options} picked={picked} query={typed.query} onPick={choose} onAdd={onAdd} />}
    </div>
  );
}
