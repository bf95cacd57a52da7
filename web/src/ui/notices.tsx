/** Notices, and what is said to screen readers only. */
import type { JSX } from "preact";
import { spoken } from "../state/films";
import { dismiss, notices } from "../state/notices";
import { t } from "../texts";
import { IconButton } from "./icons";

export function Notices(): JSX.Element {
  return (
    <>
      <div class="notices" role="log" aria-live="polite" aria-label={t("notes")}>
        {notices.value.map(({ id, text, tone, choices }) => (
          <div key={id} class={`notice notice-${tone}`}>
            <p>{text}</p>
            {choices.map(({ label, act }) => (
              <button
                key={label}
                type="button"
                class="button"
                onClick={() => {
                  dismiss(id);
                  act();
                }}
              >
                {label}
              </button>
            ))}
            <IconButton icon="close" size={18} label={t("close")} onClick={() => dismiss(id)} />
          </div>
        ))}
      </div>
      <p class="visually-hidden" role="status">
        {spoken.value}
      </p>
    </>
  );
}
