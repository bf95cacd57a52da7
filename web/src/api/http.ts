/** The one way to the server: same origin, a key where one is needed, and every failure as a Problem. */

import { key, keyRefused } from "../state/key";

export class Problem extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export const API = "/api/v3";

export function keyHeaders(): Record<string, string> {
  return key.value ? { Authorization: `Bearer ${key.value}` } : {};
}

/** The problem that an answer's body tells; the studio asks for a key where there was none or a wrong one. */
export function problemOf(status: number, body: string): Problem {
  let message = "";
  let code = "";
  try {
    const told = JSON.parse(body) as { detail?: unknown; title?: unknown; error?: { code?: unknown; message?: unknown } };
    message = String(told.error?.message ?? told.detail ?? told.title ?? "");
    code = String(told.error?.code ?? "");
  } catch {
    message = "";
  }
  if (status === 401) keyRefused(message);
  return new Problem(message || `HTTP ${status}`, code || String(status), status);
}

export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers: { ...keyHeaders(), ...(init.headers as Record<string, string>) } });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem("", "unreachable", 0);
  }
  if (!answer.ok) throw problemOf(answer.status, await answer.text());
  return answer;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask(path, { signal })).json() as Promise<T>;
}

export async function postJson<T>(path: string, body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
  const init = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers }, signal };
  return (await ask(path, init)).json() as Promise<T>;
}

/** Sends a file, telling how much of it is there (0…1). */
export function upload<T>(path: string, file: File, progress: (share: number) => void, signal: AbortSignal): Promise<T> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", path);
    for (const [name, value] of Object.entries(keyHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) done(JSON.parse(request.responseText) as T);
      else failed(problemOf(request.status, request.responseText));
    };
    request.onerror = () => failed(new Problem("", "unreachable", 0));
    request.onabort = () => failed(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** A file's address on this server, whatever host the server gives as its public one: pages may load only from where they came. */
export function here(url: string): string {
  try {
    const parsed = new URL(url, location.href);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.pathname + parsed.search : "";
  } catch {
    return "";
  }
}
