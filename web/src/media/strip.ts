/** Pictures of a film at even distances, taken from the film file itself as the browser decodes it. */

const MOST = 48;
const HEIGHT = 96; // px: two for each of the strip's on a dense screen

export interface Frames {
  seconds: number;
  pictures: (ImageBitmap | undefined)[]; // picture k stands for [k, k + 1) of seconds / length
}

function happening(target: EventTarget, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    target.addEventListener(name, () => done(), { once: true, signal });
    target.addEventListener("error", () => failed(new Error("The film cannot be decoded.")), { once: true, signal });
    signal.addEventListener("abort", () => failed(new DOMException("aborted", "AbortError")), { once: true });
  });
}

/** In the order that fills the strip evenly: the first, the last, the middle, the quarters … */
function order(count: number): number[] {
  const out = new Set([0, count - 1]);
  for (let step = count; step >= 1; step /= 2) {
    for (let at = 0; at < count; at += step) out.add(Math.floor(at));
  }
  return [...out];
}

export async function takeFrames(url: string, told: (frames: Frames) => void, signal: AbortSignal): Promise<void> {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  video.src = url;
  try {
    await happening(video, "loadeddata", signal);
    const seconds = video.duration;
    const count = Math.min(MOST, Math.max(8, Math.round(seconds * 4)));
    const frames: Frames = { seconds, pictures: new Array<ImageBitmap | undefined>(count) };
    const width = Math.max(1, Math.round((HEIGHT * video.videoWidth) / video.videoHeight));
    for (const index of order(count)) {
      const wanted = Math.min(seconds - 1 / 48, ((index + 0.5) / count) * seconds);
      const ready = happening(video, "seeked", signal);
      video.currentTime = wanted;
      await ready;
      frames.pictures[index] = await createImageBitmap(video, { resizeWidth: width, resizeHeight: HEIGHT, resizeQuality: "medium" });
      told(frames);
    }
  } finally {
    video.removeAttribute("src");
    video.load();
  }
}

export interface Look {
  base: string;
  hole: string;
}

/** Draws the strip: film base, perforations above and below, and the pictures between them. */
export function drawStrip(canvas: HTMLCanvasElement, frames: Frames | null, ratio: number, look: Look): void {
  const { width, height, context, scale } = fit(canvas);
  if (!context) return;
  context.fillStyle = look.base;
  context.fillRect(0, 0, width, height);
  const edge = 9 * scale;
  context.fillStyle = look.hole;
  for (let x = 4 * scale; x < width; x += 11 * scale) {
    context.beginPath();
    context.roundRect(x, 2.5 * scale, 6 * scale, 4.5 * scale, 1.2 * scale);
    context.roundRect(x, height - 7 * scale, 6 * scale, 4.5 * scale, 1.2 * scale);
    context.fill();
  }
  if (!frames) return;
  const tall = height - 2 * edge;
  const slots = Math.max(1, Math.round(width / (tall * ratio)));
  const wide = width / slots;
  for (let slot = 0; slot < slots; slot++) {
    const picture = nearest(frames.pictures, ((slot + 0.5) / slots) * frames.pictures.length);
    if (!picture) continue;
    const share = Math.min(1, (wide - scale) / tall / (picture.width / picture.height)); // crops the sides where slots are narrow
    const crop = picture.width * share;
    context.drawImage(picture, (picture.width - crop) / 2, 0, crop, picture.height, slot * wide + scale / 2, edge, wide - scale, tall);
  }
}

function nearest(pictures: readonly (ImageBitmap | undefined)[], at: number): ImageBitmap | undefined {
  const middle = Math.min(pictures.length - 1, Math.floor(at));
  for (let away = 0; away < pictures.length; away++) {
    const found = pictures[middle - away] ?? pictures[middle + away];
    if (found) return found;
  }
  return undefined;
}

/** Makes a canvas as many dots as it takes on this screen, within what canvases can have. */
export function fit(canvas: HTMLCanvasElement): { width: number; height: number; scale: number; context: CanvasRenderingContext2D | null } {
  const box = canvas.getBoundingClientRect();
  const scale = Math.min(window.devicePixelRatio || 1, 16_000 / Math.max(1, box.width));
  canvas.width = Math.max(1, Math.round(box.width * scale));
  canvas.height = Math.max(1, Math.round(box.height * scale));
  return { width: canvas.width, height: canvas.height, scale, context: canvas.getContext("2d") };
}
