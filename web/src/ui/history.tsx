/** The films of this server: each with its poster, or how far it is. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { here } from "../api/http";
import type { Task } from "../api/types";
import { ago } from "../pure/time";
import { films, loaded, open, previews, select, selected } from "../state/films";
import { restoreFrom } from "../state/intake";
import { language, t, type Key } from "../texts";
import { Icon } from "./icons";

function when(task: Task): string {
  const { value, unit } = ago(task.created_at, Date.now() / 1000);
  return new Intl.RelativeTimeFormat(language.value === "zh" ? "zh-CN" : "en", { numeric: "auto" }).format(value, unit);
}

function Poster({ task }: { task: Task }): JSX.Element {
  const picture = open(task) ? previews.value[task.id] : task.files?.poster && here(task.files.poster);
  return (
    <span class="poster">
      {picture ? <img src={picture} alt="" loading="lazy" /> : <Icon name={task.status === "failed" ? "warn" : "film"} size={26} />}
      {task.status !== "succeeded" && <span class={`badge badge-${task.status}`}>{t(`status_${task.status}` as Key)}</span>}
      {open(task) && <progress class="bar" max={100} value={task.progress ?? 0} aria-label={t("progress")} />}
    </span>
  );
}

function Card({ task }: { task: Task }): JSX.Element {
  const prompt = task.request?.prompt || t("silent_prompt");
  return (
    <li>
      <button type="button" class="card" aria-current={selected.value === task.id ? "true" : undefined} title={t("show_film", { prompt })} onClick={() => select(task.id)}>
        <Poster task={task} />
        <span class="card-prompt">{prompt}</span>
        {task.status === "succeeded" && <span class="visually-hidden">{t("status_succeeded")}</span>}
        <span class="card-when">{when(task)}</span>
      </button>
    </li>
  );
}

export function History(): JSX.Element {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <section class="history" aria-labelledby="history-title">
      <header class="history-head">
        <h2 id="history-title">{t("history")}</h2>
        <button type="button" class="button plain" title={t("restore_hint")} onClick={() => chooser.current?.click()}>
          <Icon name="film" size={18} />
          {t("restore")}
        </button>
        <input
          ref={chooser}
          class="visually-hidden"
          type="file"
          accept="video/mp4"
          tabIndex={-1}
          aria-hidden="true"
          data-chooser="restore"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) void restoreFrom(file);
            event.currentTarget.value = "";
          }}
        />
      </header>
      {films.value.length ? (
        <ul class="cards">
          {films.value.map((task) => (
            <Card key={task.id} task={task} />
          ))}
        </ul>
      ) : (
        loaded.value && <p class="quiet">{t("history_none")}</p>
      )}
    </section>
  );
}
