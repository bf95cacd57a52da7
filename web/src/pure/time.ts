/** Times and sizes as people read them. */

export const TICKS = 48_000;
export const FRAME = 2_000;

/** 0:03.12: minutes, seconds, and the frame within the second (24 of them). */
export function timecode(seconds: number): string {
  const frames = Math.max(0, Math.floor(seconds * 24 + 1e-6));
  const whole = Math.floor(frames / 24);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}.${String(frames % 24).padStart(2, "0")}`;
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1_000_000) return `${Math.round(count / 1000)} kB`;
  return `${(count / 1_000_000).toFixed(count < 10_000_000 ? 1 : 0)} MB`;
}

export function lasting(seconds: number): string {
  return seconds < 60 ? `${Math.round(seconds * 10) / 10} s` : `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;
}

/** How long ago: the unit and the number for Intl.RelativeTimeFormat. */
export function ago(then: number, now: number): { value: number; unit: "second" | "minute" | "hour" | "day" } {
  const passed = Math.max(0, now - then);
  if (passed < 60) return { value: -Math.round(passed), unit: "second" };
  if (passed < 3600) return { value: -Math.round(passed / 60), unit: "minute" };
  if (passed < 86_400) return { value: -Math.round(passed / 3600), unit: "hour" };
  return { value: -Math.round(passed / 86_400), unit: "day" };
}
