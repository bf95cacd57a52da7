/** Where a film is asked for. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { asked, broken, busy, prompt } from "../state/draft";
import { make } from "../state/films";
import { takeIn } from "../state/intake";
import { notify, saying } from "../state/notices";
import { t } from "../texts";
import { Files } from "./files";
import { Icon } from "./icons";
import { PromptBox } from "./prompt_box";
import { ReadingList } from "./reading_list";
import { SettingsPanel } from "./settings";

const TYPES = "image/*,video/*,audio/*,.heic,.heif,.avif,.mkv,.m4a,.opus,.flac";

function blocked(): string {
  if (!prompt.value.trim()) return t("make_empty");
  if (busy.value) return t("make_waiting");
  if (broken.value) return t("make_broken");
  return "";
}

export function Composer({ onMade }: { onMade: () => void }): JSX.Element {
  const chooser = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState(false);
  const [fault, setFault] = useState("");

  const submit = async (): Promise<void> => {
    if (sending) return;
    const why = blocked();
    setFault(why);
    if (why) return;
    setSending(true);
    try {
      await make(asked());
      onMade();
    } catch (error) {
      const text = saying(error);
      setFault(text);
      if (text) notify(text, "bad");
    } finally {
      setSending(false);
    }
  };
  const choose = (): void => chooser.current?.click();
  const shortcut = t("shortcut", { key: /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl" });

  return (
    <section class="composer" aria-labelledby="composer-title">
      <h2 id="composer-title" class="visually-hidden">
        {t("composer")}
      </h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <PromptBox onAdd={choose} />
        <p id="prompt-hint" class="quiet prompt-hint">
          {t("prompt_hint")}
        </p>
        <ReadingList />
        <Files onAdd={choose} />
        <input
          ref={chooser}
          class="visually-hidden"
          type="file"
          multiple
          accept={TYPES}
          tabIndex={-1}
          aria-hidden="true"
          data-chooser="files"
          onChange={(event) => {
            void takeIn([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = "";
          }}
        />
        <SettingsPanel />
        <div class="make-row">
          <p class="fault" role="alert">
            {fault}
          </p>
          <button type="submit" class="make" disabled={sending} title={shortcut}>
            <Icon name="film" />
            {sending ? t("making") : t("make")}
          </button>
        </div>
      </form>
    </section>
  );
}
