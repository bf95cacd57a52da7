/** The calls of the studio, one function each. */

import { optionsOf, readingOf } from "./told";
import { API, ask, getJson, here, postJson, upload } from "./http";
import type { Asked, Asset, Example, Kind, Options, Prepared, Reading, Task } from "./types";

const TASKS = `${API}/contents/generations/tasks`;
const path = (id: string): string => `${TASKS}/${encodeURIComponent(id)}`;

export const getOptions = async (): Promise<Options> => optionsOf(await getJson(`${API}/options`));

export const getTask = (id: string): Promise<Task> => getJson(path(id));

export const listTasks = async (): Promise<Task[]> => (await getJson<{ items: Task[] }>(`${TASKS}?page_num=1&page_size=60`)).items;

export const cancelTask = (id: string): Promise<unknown> => postJson(`${path(id)}/cancel`, {});

export const deleteTask = (id: string): Promise<unknown> => ask(path(id), { method: "DELETE" });

export const readPrompt = async (prompt: string, references: { tag: string; kind: Kind }[], signal: AbortSignal): Promise<Reading> =>
  readingOf(await postJson(`${API}/read`, { prompt, references }, {}, signal));

export const sendFile = (file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Asset> =>
  upload(`${API}/files`, file, progress, signal);

/** An upload again, by its address. */
export const lookAt = (asset: string): Promise<Asset> => getJson(`${API}/files/${encodeURIComponent(asset.replace(/^asset:\/\//, ""))}`);

export const restore = (file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Asked> =>
  upload(`${API}/restore`, file, progress, signal);

export const getExamples = async (): Promise<Example[]> => (await getJson<{ examples: Example[] }>(`${API}/examples`)).examples;

export const prepareExample = (id: string): Promise<Prepared> => postJson(`${API}/examples/${encodeURIComponent(id)}`, {});

export const getScore = async (id: string): Promise<unknown> => getJson(`${path(id)}/score`);

export async function getFile(url: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await ask(here(url), { signal })).arrayBuffer();
}

/** The body of a new task: the native interface's fields, and its extensions for what only Phonofilm has. */
export function taskBody(asked: Asked): Record<string, unknown> {
  return {
    model: "phonofilm",
    content: [{ type: "text", text: asked.prompt }],
    references: asked.references.map(({ tag, asset, name }) => ({ tag, url: asset, name })),
    engine: asked.engine,
    duration: asked.duration,
    ratio: asked.ratio,
    resolution: asked.resolution,
    seed: asked.seed,
    generate_audio: asked.generate_audio,
    watermark: asked.watermark,
    draft: asked.draft,
    limits: asked.limits,
    transcripts: asked.transcripts,
    consent: asked.consent,
    return_last_frame: true,
  };
}

export const createTask = (asked: Asked, once: string): Promise<{ id: string }> =>
  postJson(TASKS, taskBody(asked), { "Idempotency-Key": once });
