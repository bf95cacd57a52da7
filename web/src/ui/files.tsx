/** The files of the request: each with its name in the prompt, its role, how far it is, and what went wrong with it alone. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Kind } from "../api/types";
import { ROLES_OF } from "../pure/tags";
import { bytes, lasting } from "../pure/time";
import type { Ref } from "../state/draft";
import { chooseRole, inserting, refs, removeRef, renameRef, retry, retryable, setConsent, setTranscript } from "../state/draft";
import { limits, limitsOf } from "../state/options";
import { shown } from "../state/reading";
import { t, word } from "../texts";
import { Icon, IconButton } from "./icons";
import { Thumb } from "./thumb";

const SPOKEN = new Set(["voice", "timbre"]);
/** Files of these roles show or let hear somebody; others may, and the server looks. */
const PERSONAL = new Set(["face", "voice", "timbre"]);

function facts(ref: Ref): string {
  const size = ref.width ? `${ref.width}×${ref.height}` : "";
  return [size, ref.seconds ? lasting(ref.seconds) : "", ref.size ? bytes(ref.size) : ""].filter(Boolean).join(" · ");
}

function Tag({ item }: { item: Ref }): JSX.Element {
  const [text, setText] = useState(item.tag);
  useEffect(() => setText(item.tag), [item.tag]);
  const take = (): void => setText(renameRef(item.key, text) || item.tag);
  return (
    <label class="tag">
      <span aria-hidden="true">@</span>
      <input
        value={text}
        size={Math.max(4, text.length)}
        spellcheck={false}
        autocomplete="off"
        aria-label={t("file_tag", { name: item.name })}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
    </label>
  );
}

function Role({ item, role }: { item: Ref; role: string }): JSX.Element {
  const choices = ROLES_OF[item.kind];
  const known = role && !choices.includes(role) ? [role, ...choices] : choices;
  return (
    <select
      class="role"
      aria-label={t("file_role", { tag: item.tag })}
      value={role}
      onChange={(event) => chooseRole(item.key, event.currentTarget.value)}
    >
      {!role && <option value="">{t("file_role_auto")}</option>}
      {known.map((name) => (
        <option key={name} value={name}>
          {word("role", name)}
        </option>
      ))}
    </select>
  );
}

function Card({ item }: { item: Ref }): JSX.Element {
  const role = shown.value.roles[item.tag] ?? "";
  const sending = !item.asset && !item.error;
  return (
    <li class="file" data-state={item.error ? "bad" : sending ? "sending" : "there"}>
      <button type="button" class="file-thumb" aria-label={t("file_insert", { tag: item.tag })} title={t("file_insert", { tag: item.tag })} onClick={() => (inserting.value = `@${item.tag}`)}>
        <Thumb item={item} />
      </button>
      <div class="file-main">
        <div class="file-row">
          <Tag item={item} />
          <Role item={item} role={role} />
        </div>
        <p class="file-facts" title={item.name}>
          <span class="file-name">{item.name}</span>
          <span>{facts(item)}</span>
        </p>
        {sending && <progress class="bar" max={1} value={item.sent} aria-label={t("file_uploading", { name: item.name })} />}
        {item.error && (
          <p class="file-error" role="alert">
            {item.error}
            {retryable(item.key) && (
              <button type="button" class="link" onClick={() => retry(item.key)}>
                {t("file_retry")}
              </button>
            )}
          </p>
        )}
        {item.kind === "audio" && (role === "" || SPOKEN.has(role)) && (
          <textarea
            class="words"
            rows={1}
            value={item.transcript}
            placeholder={t("file_transcript_hint")}
            aria-label={t("file_transcript", { tag: item.tag })}
            onInput={(event) => setTranscript(item.key, event.currentTarget.value)}
          />
        )}
        {limits.value?.consent === true && (
          <input
            class="words consent"
            required={PERSONAL.has(role)}
            value={item.consent}
            placeholder={t("file_consent_hint")}
            aria-label={t("file_consent", { tag: item.tag })}
            onInput={(event) => setConsent(item.key, event.currentTarget.value)}
          />
        )}
      </div>
      <IconButton icon="close" size={18} label={t("file_remove", { tag: item.tag })} onClick={() => removeRef(item.key)} />
    </li>
  );
}

function counts(): string {
  const of = (kind: Kind): number => refs.value.filter((ref) => ref.kind === kind).length;
  const most = (kind: Kind): number => limitsOf(kind)?.count ?? 0;
  return t("files_count", {
    images: of("image"), max_images: most("image"), videos: of("video"), max_videos: most("video"), audios: of("audio"), max_audios: most("audio"),
  });
}

export function Files({ onAdd }: { onAdd: () => void }): JSX.Element {
  return (
    <section class="files" aria-labelledby="files-title">
      <header class="files-head">
        <h3 id="files-title">{t("files")}</h3>
        {limits.value && <p class="quiet">{counts()}</p>}
      </header>
      {refs.value.length > 0 && (
        <ul class="file-list">
          {refs.value.map((item) => (
            <Card key={item.key} item={item} />
          ))}
        </ul>
      )}
      <button type="button" class="add" onClick={onAdd}>
        <Icon name="plus" />
        <span>
          <b>{t("files_add")}</b> <span class="quiet">{t("files_hint")}</span>
        </span>
      </button>
    </section>
  );
}
