/** A wave to look at: for each of `count` columns the loudest sample of its span, 0…1. */
export function peaks(channels: readonly Float32Array[], count: number): Float32Array {
  const out = new Float32Array(count);
  const length = channels[0]?.length ?? 0;
  for (let column = 0; column < count; column++) {
    const from = Math.floor((column * length) / count);
    const to = Math.max(from + 1, Math.floor(((column + 1) * length) / count));
    let most = 0;
    for (const samples of channels) {
      for (let k = from; k < to && k < length; k++) most = Math.max(most, Math.abs(samples[k]!));
    }
    out[column] = Math.min(1, most);
  }
  return out;
}
