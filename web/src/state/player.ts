/** The player: one video element, and where it is. */
import { signal } from "@preact/signals";

export const video = signal<HTMLVideoElement | null>(null);
export const playing = signal(false);
export const muted = signal(false);
export const looping = signal(false);
export const length = signal(0); // s
/** Where the film is, s; in step with the screen while it plays. */
export const at = signal(0);

let timer = 0;

function tick(): void {
  const element = video.value;
  if (!element) return;
  at.value = element.currentTime;
  timer = element.paused ? 0 : requestAnimationFrame(tick);
}

/** Follows an element; null leaves it. */
export function attach(element: HTMLVideoElement | null): void {
  cancelAnimationFrame(timer);
  video.value = element;
  playing.value = false;
  at.value = 0;
  length.value = element?.duration || 0;
  if (element) element.muted = muted.value;
}

export const events = {
  onPlay: (): void => {
    playing.value = true;
    cancelAnimationFrame(timer);
    tick();
  },
  onPause: (): void => {
    playing.value = false;
  },
  onSeeked: (): void => tick(),
  onDurationChange: (): void => {
    length.value = video.value?.duration || 0;
  },
};

export function toggle(): void {
  const element = video.value;
  if (!element) return;
  if (element.paused) void element.play().catch(() => undefined);
  else element.pause();
}

export function seek(seconds: number): void {
  const element = video.value;
  if (!element) return;
  const most = element.duration || length.value || 0;
  const wanted = Math.max(0, Math.min(seconds, most));
  at.value = wanted;
  element.currentTime = wanted;
}

/** Steps whole frames, to the middle of each, so that rounding never shows the one before. */
export function step(frames: number): void {
  video.value?.pause();
  seek((Math.floor(at.value * 24 + 1e-4) + frames + 0.5) / 24);
}

export function setMuted(next: boolean): void {
  muted.value = next;
  if (video.value) video.value.muted = next;
}

export function setLooping(next: boolean): void {
  looping.value = next;
  if (video.value) video.value.loop = next;
}
