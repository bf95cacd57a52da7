/** The film that is on the screen: playing, being made, or not made; what it was asked, and what can be done with it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { here } from "../api/http";
import type { Task } from "../api/types";
import { fill, rollSeed } from "../state/draft";
import { again, cancelling, current, open, remove, requestOf } from "../state/films";
import { t, word, type Key } from "../texts";
import { remarkText } from "../texts/remarks";
import { Icon } from "./icons";
import { Making } from "./making";
import { Player } from "./player";
import { Timeline } from "./timeline";

const DOWNLOADS = ["film", "captions_srt", "captions_vtt", "score", "stems", "poster", "last_frame"];

function facts(task: Task): string[] {
  const { width, height, seconds } = (task as Task & { facts?: { width?: number; height?: number; seconds?: number } }).facts ?? {};
  const size = width && height ? `${width}×${height}` : [task.resolution, task.ratio].filter(Boolean).join(" · ");
  const long = seconds ?? task.duration;
  return [size, long && long > 0 ? t("seconds_unit", { n: long }) : "", task.seed != null ? `${t("seed")} ${task.seed}` : "", task.request?.engine ?? ""].filter(Boolean);
}

/** Width by height, of the film or as asked; a film whose ratio comes from its files is taken for a wide one until it is there. */
function ratioOf(task: Task): string {
  const found = /^(\d+):(\d+)$/.exec(task.ratio ?? "");
  return found ? `${found[1]} / ${found[2]}` : "16 / 9";
}

function Downloads({ task }: { task: Task }): JSX.Element | null {
  const files = task.files ?? {};
  const names = [...DOWNLOADS.filter((name) => files[name]), ...Object.keys(files).filter((name) => name.startsWith("stems_"))];
  if (!names.length) return null;
  return (
    <details class="menu">
      <summary class="button">
        <Icon name="down" size={18} />
        {t("downloads")}
        <Icon name="chevron" size={16} />
      </summary>
      <ul class="menu-list">
        {names.map((name) => (
          <li key={name}>
            <a href={here(files[name]!)} download="">
              {word("download", name)}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Remove({ task }: { task: Task }): JSX.Element {
  const [sure, setSure] = useState(false);
  if (!sure) {
    return (
      <button type="button" class="button plain" onClick={() => setSure(true)}>
        <Icon name="bin" size={18} />
        {t("remove")}
      </button>
    );
  }
  return (
    <span class="sure" role="alertdialog" aria-label={t("remove_sure")}>
      <span>{t("remove_sure")}</span>
      <button type="button" class="button bad" ref={(button) => button?.focus()} onClick={() => void remove(task.id)}>
        {t("remove")}
      </button>
      <button type="button" class="button plain" onClick={() => setSure(false)}>
        {t("keep")}
      </button>
    </span>
  );
}

function Actions({ task, onEdit }: { task: Task; onEdit: () => void }): JSX.Element {
  const done = !open(task);
  return (
    <div class="actions">
      {task.status === "succeeded" && <Downloads task={task} />}
      {done && (
        <button type="button" class="button" title={t("again_hint")} onClick={() => void again(task)}>
          <Icon name="again" size={18} />
          {t("again")}
        </button>
      )}
      {done && (
        <button type="button" class="button" title={t("vary_hint")} onClick={() => void again(task, rollSeed())}>
          <Icon name="dice" size={18} />
          {t("vary")}
        </button>
      )}
      <button
        type="button"
        class="button"
        title={t("edit_hint")}
        onClick={() => {
          fill(requestOf(task));
          onEdit();
        }}
      >
        <Icon name="edit" size={18} />
        {t("edit")}
      </button>
      {done && <Remove key={task.id} task={task} />}
    </div>
  );
}

function Notes({ task }: { task: Task }): JSX.Element | null {
  const notes = task.warnings ?? [];
  if (!notes.length) return null;
  return (
    <section class="notes" aria-labelledby="notes-title">
      <h3 id="notes-title">
        {t("notes")} <span class="quiet">{t("notes_hint")}</span>
      </h3>
      <ul>
        {notes.map((note) => (
          <li key={note}>{remarkText(note)}</li>
        ))}
      </ul>
    </section>
  );
}

export function Viewer({ onEdit }: { onEdit: () => void }): JSX.Element | null {
  const task = current.value;
  if (!task) return null;
  return (
    <section class="viewer" aria-labelledby="viewer-title" data-status={task.status} data-task={task.id} data-stopping={cancelling.value.has(task.id)}>
      <h2 id="viewer-title" class="visually-hidden" tabIndex={-1}>
        {t("screen")}: {t(`status_${task.status}` as Key)}
      </h2>
      <div class="screen" style={{ "--ratio": ratioOf(task) }}>
        {task.status === "succeeded" && task.files?.film ? <Player task={task} /> : <Making task={task} />}
      </div>
      <Actions task={task} onEdit={onEdit} />
      {task.status === "succeeded" && <Timeline task={task} />}
      <div class="about">
        <p class="about-prompt">{task.request?.prompt || t("silent_prompt")}</p>
        <p class="about-facts">
          {facts(task).map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </p>
      </div>
      <Notes task={task} />
    </section>
  );
}

