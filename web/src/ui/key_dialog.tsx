/** Asks for an access key where the server wants one. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { keyWanted, setKey } from "../state/key";
import { t } from "../texts";
import { Icon } from "./icons";

export function KeyDialog({ onKey }: { onKey: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const wanted = keyWanted.value;
  useEffect(() => {
    const box = dialog.current!;
    if (wanted !== null && !box.open) box.showModal();
    if (wanted === null && box.open) box.close();
  }, [wanted]);
  return (
    <dialog ref={dialog} class="key" aria-labelledby="key-title" onCancel={(event) => event.preventDefault()}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setKey(field.current!.value.trim());
          field.current!.value = "";
          onKey();
        }}
      >
        <Icon name="lock" size={28} />
        <h2 id="key-title">{t("key_title")}</h2>
        <p>{t("key_text")}</p>
        <label class="field">
          <span class="field-name">{t("key_label")}</span>
          <input ref={field} type="password" required autocomplete="off" name="key" />
        </label>
        {wanted && (
          <p class="fault" role="alert">
            {t("key_wrong")}
          </p>
        )}
        <button type="submit" class="make">
          {t("key_enter")}
        </button>
      </form>
    </dialog>
  );
}
