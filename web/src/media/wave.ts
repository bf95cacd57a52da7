/** The sound of a film as the browser decodes it, drawn as the variable-area track that stood beside the pictures on the strip. */
import { getFile } from "../api/calls";
import { peaks } from "../pure/peaks";
import { fit } from "./strip";

const RATE = 48_000;

/** The film's channels at 48 kHz, or null for a film without sound. */
export async function takeSound(url: string, signal: AbortSignal): Promise<Float32Array[] | null> {
  const file = await getFile(url, signal);
  try {
    const sound = await new OfflineAudioContext(2, RATE, RATE).decodeAudioData(file);
    return Array.from({ length: sound.numberOfChannels }, (_, channel) => sound.getChannelData(channel));
  } catch {
    return null;
  }
}

export function drawWave(canvas: HTMLCanvasElement, channels: readonly Float32Array[] | null, colours: { base: string; wave: string }): void {
  const { width, height, context, scale } = fit(canvas);
  if (!context) return;
  context.fillStyle = colours.base;
  context.fillRect(0, 0, width, height);
  context.fillStyle = colours.wave;
  const middle = height / 2;
  if (!channels) {
    context.fillRect(0, middle - scale / 2, width, scale);
    return;
  }
  const heights = peaks(channels, width);
  context.beginPath();
  context.moveTo(0, middle);
  for (let x = 0; x < width; x++) context.lineTo(x, middle - Math.max(scale / 2, heights[x]! ** 0.7 * middle * 0.94));
  for (let x = width - 1; x >= 0; x--) context.lineTo(x, middle + Math.max(scale / 2, heights[x]! ** 0.7 * middle * 0.94));
  context.closePath();
  context.fill();
}
