/** A film that is not there yet: its place in the queue, its preview frames, how far it is, or why it was not made. */
import type { JSX } from "preact";
import type { Task } from "../api/types";
import { cancel, cancelling, open, previews } from "../state/films";
import { t } from "../texts";
import { stepText } from "../texts/steps";
import { Icon } from "./icons";

/** The circle that ran before old films, its hand at the share that is done. */
function Leader({ share, label }: { share: number; label: string }): JSX.Element {
  const turn = 2 * Math.PI * 44;
  return (
    <svg class="leader" viewBox="0 0 120 120" aria-hidden="true" focusable="false">
      <path class="leader-cross" d="M0 60h120M60 0v120" />
      <circle class="leader-ring" cx="60" cy="60" r="50" />
      <circle class="leader-ring" cx="60" cy="60" r="44" />
      <circle class="leader-hand" cx="60" cy="60" r="44" stroke-dasharray={`${share * turn} ${turn}`} transform="rotate(-90 60 60)" />
      <text x="60" y="61" text-anchor="middle" dominant-baseline="central">
        {label}
      </text>
    </svg>
  );
}

export function Making({ task }: { task: Task }): JSX.Element {
  const preview = previews.value[task.id];
  const percent = Math.round(task.progress ?? 0);
  const stopping = cancelling.value.has(task.id);
  const queued = task.status === "queued";
  const place = queued && task.position ? (task.position === 1 ? t("queue_next") : t("queue_place", { n: task.position })) : "";
  const said = stopping ? t("cancelling") : queued ? place : stepText(task.step ?? "");
  if (!open(task)) {
    return (
      <div class="screen-empty ended">
        <Icon name={task.status === "failed" ? "warn" : "close"} size={34} />
        <h3>{t(`status_${task.status}` as "status_failed")}</h3>
        {task.error?.message && <p>{task.error.message}</p>}
      </div>
    );
  }
  return (
    <div class="making">
      <div class="making-picture">
        {preview ? <img class="preview" src={preview} alt={t("preview")} /> : <Leader share={percent / 100} label={queued ? String(task.position ?? "") : String(percent)} />}
      </div>
      <div class="making-foot">
        <p class="making-said">
          <b>{t(`status_${task.status}` as "status_running")}</b>
          <span>{said}</span>
        </p>
        <progress class="bar" max={100} value={queued ? 0 : percent} aria-label={t("progress")} />
        <span class="making-percent">{queued ? "" : t("percent", { n: percent })}</span>
        <button type="button" class="button" disabled={stopping} onClick={() => void cancel(task.id)}>
          {t("cancel")}
        </button>
      </div>
    </div>
  );
}
