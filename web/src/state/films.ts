/** The films: what the server has, what it is making, and which one is on the screen. */
import { batch, computed, signal } from "@preact/signals";
import { cancelTask, createTask, deleteTask, getTask, listTasks } from "../api/calls";
import { follow } from "../api/events";
import { here } from "../api/http";
import type { Asked, Task } from "../api/types";
import type { ServerEvent } from "../pure/events";
import { t } from "../texts";
import { complain, notify } from "./notices";

export const films = signal<Task[]>([]);
export const selected = signal("");
export const loaded = signal(false);
export const current = computed(() => films.value.find(({ id }) => id === selected.value));
/** The newest preview picture of each film that is being made. */
export const previews = signal<Record<string, string>>({});
export const cancelling = signal<ReadonlySet<string>>(new Set());
/** Said to screen readers as films come and go. */
export const spoken = signal("");

/** Browsers keep few connections to one server open: only these many films are followed live, the rest by asking again. */
const FOLLOWED = 2;
const ASK_AGAIN = 2000; // ms
let filling = false;
const following = new Map<string, AbortController>();

export const open = (task: Task): boolean => task.status === "queued" || task.status === "running";

function put(task: Task): void {
  const before = films.value.find(({ id }) => id === task.id);
  films.value = before ? films.value.map((one) => (one.id === task.id ? { ...one, ...task } : one)) : [task, ...films.value];
  if (before && open(before) && !open(task)) ended(task);
}

function ended(task: Task): void {
  following.get(task.id)?.abort();
  following.delete(task.id);
  const { [task.id]: _gone, ...rest } = previews.value;
  previews.value = rest;
  cancelling.value = new Set([...cancelling.value].filter((id) => id !== task.id));
  if (task.status === "succeeded") spoken.value = t("done_live");
  else if (task.status === "failed") spoken.value = t("failed_live", { why: task.error?.message ?? "" });
  else spoken.value = t(`status_${task.status}` as "status_cancelled");
}

export async function refresh(): Promise<void> {
  const listed = await listTasks();
  batch(() => {
    const known = new Map(films.value.map((task) => [task.id, task]));
    const ids = new Set(listed.map(({ id }) => id));
    const young = films.value.filter((task) => !ids.has(task.id) && open(task));
    for (const task of listed) {
      const before = known.get(task.id);
      if (before && open(before) && !open(task)) ended(task);
    }
    films.value = [...young, ...listed.map((task) => ({ ...known.get(task.id), ...task }))];
    loaded.value = true;
  });
  keepFollowing();
  void fillIn();
}

/** The list is short of what was asked for; each film is asked once, a few at a time. */
async function fillIn(): Promise<void> {
  if (filling) return;
  filling = true;
  try {
    for (;;) {
      const next = films.value.filter((task) => !task.request).slice(0, 4);
      if (!next.length) return;
      const told = await Promise.all(next.map(({ id }) => getTask(id)));
      batch(() => told.forEach(put));
    }
  } catch {
    // the next look at the list tries again
  } finally {
    filling = false;
  }
}

/** Looks at the list while something in it can change, and now and then otherwise. */
export function keepWatching(): void {
  let idle = 0;
  const look = async (): Promise<void> => {
    const waiting = films.value.some(open);
    if (!document.hidden && (waiting || ++idle % 10 === 0)) {
      await refresh().catch(() => undefined);
    }
    setTimeout(() => void look(), ASK_AGAIN);
  };
  void refresh()
    .then(() => {
      if (!selected.value) selected.value = films.value[0]?.id ?? "";
    })
    .catch(complain);
  setTimeout(() => void look(), ASK_AGAIN);
}

function keepFollowing(): void {
  const waiting = films.value.filter(open);
  const wanted = [...waiting.filter(({ id }) => id === selected.value), ...waiting.filter(({ status }) => status === "running"), ...waiting];
  const ids = new Set(wanted.map(({ id }) => id).slice(0, 8));
  for (const id of [...ids].slice(0, FOLLOWED)) {
    if (following.has(id)) continue;
    const stop = new AbortController();
    following.set(id, stop);
    void follow(id, (event) => heard(id, event), stop.signal).finally(() => {
      if (following.get(id) === stop) following.delete(id);
    });
  }
}

function heard(id: string, event: ServerEvent): void {
  const data = JSON.parse(event.data) as Record<string, unknown>;
  if (event.event === "preview") {
    const picture = typeof data.url === "string" ? here(data.url) : "";
    if (picture) showPreview(id, picture);
    return;
  }
  const before = films.value.find((task) => task.id === id);
  if (!before || !open(before)) return;
  if (event.event === "progress") {
    put({ ...before, status: "running", progress: Number(data.progress ?? before.progress), step: String(data.step ?? before.step ?? "") });
  } else {
    void getTask(id).then(put).catch(() => undefined);
  }
}

/** Shows a preview once it is there: the film may be done by then, and its preview gone. */
function showPreview(id: string, address: string): void {
  const picture = new Image();
  picture.onload = () => {
    const task = films.value.find((one) => one.id === id);
    if (task && open(task)) previews.value = { ...previews.value, [id]: address };
  };
  picture.src = address;
}

/** Asks for a film and puts it on the screen. Throws what the server refuses. */
export async function make(asked: Asked): Promise<string> {
  const { id } = await createTask(asked, crypto.randomUUID());
  const task = await getTask(id);
  batch(() => {
    put(task);
    selected.value = id;
  });
  keepFollowing();
  return id;
}

export async function cancel(id: string): Promise<void> {
  cancelling.value = new Set([...cancelling.value, id]);
  try {
    await cancelTask(id);
    put(await getTask(id));
  } catch (error) {
    cancelling.value = new Set([...cancelling.value].filter((one) => one !== id));
    complain(error);
  }
}

export async function remove(id: string): Promise<void> {
  try {
    await deleteTask(id);
    const place = films.value.findIndex((task) => task.id === id);
    batch(() => {
      films.value = films.value.filter((task) => task.id !== id);
      if (selected.value === id) selected.value = (films.value[place] ?? films.value[place - 1])?.id ?? "";
    });
  } catch (error) {
    complain(error);
  }
}

/** What a task was asked, as a request to send again. */
export function requestOf(task: Task): Asked {
  const asked = task.request ?? {};
  const plain = { prompt: "", references: [], duration: -1, ratio: "adaptive", resolution: "720p", seed: 0, engine: "stage" };
  return { ...plain, generate_audio: true, draft: false, watermark: false, limits: "", transcripts: {}, consent: {}, ...asked } as Asked;
}

export async function again(task: Task, seed?: number): Promise<void> {
  try {
    const asked = requestOf(task);
    await make(seed === undefined ? asked : { ...asked, seed });
  } catch (error) {
    complain(error);
  }
}

export function select(id: string): void {
  selected.value = id;
  keepFollowing();
}

export function tell(text: string): void {
  spoken.value = text;
  notify(text, "good");
}
