/** The list of files that a typed @ can name. */
import type { JSX } from "preact";
import type { Ref } from "../state/draft";
import { shown } from "../state/reading";
import { t, word } from "../texts";
import { Icon } from "./icons";
import { Thumb } from "./thumb";

interface Props {
  options: readonly Ref[];
  picked: number;
  query: string;
  onPick: (tag: string) => void;
  onAdd: () => void;
}

export function Completion({ options, picked, query, onPick, onAdd }: Props): JSX.Element {
  const roles = shown.value.roles;
  return (
    <div class="completion">
      <ul id="completion" role="listbox" aria-label={t("completion")}>
        {options.map((ref, index) => (
          <li
            key={ref.key}
            id={`completion-${index}`}
            role="option"
            aria-selected={index === picked}
            class="completion-item"
            onPointerDown={(event) => {
              event.preventDefault(); // the caret stays in the prompt
              onPick(ref.tag);
            }}
          >
            <Thumb item={ref} />
            <span class="completion-tag">@{ref.tag}</span>
            <span class="completion-what">{roles[ref.tag] ? word("role", roles[ref.tag]!) : ref.name}</span>
          </li>
        ))}
      </ul>
      {!options.length && query && <p class="completion-none">{t("completion_none")}</p>}
      <button
        type="button"
        class="completion-add"
        tabIndex={-1}
        onPointerDown={(event) => {
          event.preventDefault();
          onAdd();
        }}
      >
        <Icon name="plus" size={16} />
        {t("completion_add")}
      </button>
    </div>
  );
}
