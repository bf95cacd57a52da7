/** How far the mouth is open for each viseme, 0…1, as the lane of phones draws it. */
const OPEN: Record<string, number> = {
  sil: 0, PP: 0, FF: 0.12, TH: 0.28, DD: 0.24, kk: 0.28, CH: 0.2, SS: 0.12, nn: 0.24, RR: 0.24, aa: 1, E: 0.65, I: 0.3, O: 0.65, U: 0.28,
};

export function openness(viseme: string): number {
  return OPEN[viseme] ?? 0;
}
