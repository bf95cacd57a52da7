/** A small picture of a file: its own, or a sign of its kind. */
import type { JSX } from "preact";
import type { Kind } from "../api/types";
import { Icon } from "./icons";

const SIGNS = { image: "picture", video: "film", audio: "wave" } as const;

const BARS = 15;

/** A recording as a sound track: the loudest of each of a few spans. */
function Track({ peaks }: { peaks: number[] }): JSX.Element {
  const bars = Array.from({ length: BARS }, (_, bar) => {
    const from = Math.floor((bar * peaks.length) / BARS);
    return Math.max(...peaks.slice(from, Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / BARS))));
  });
  const most = Math.max(0.05, ...bars);
  const path = bars.map((level, bar) => {
    const half = 1 + (level / most) * 20;
    return `M${4.5 + bar * 3.65} ${30 - half}V${30 + half}`;
  });
  return (
    <svg class="track" viewBox="0 0 60 60">
      <path d={path.join("")} />
    </svg>
  );
}

export function Thumb({ item }: { item: { kind: Kind; thumbnail: string; peaks?: number[] } }): JSX.Element {
  const sound = item.kind === "audio" && item.peaks?.length ? item.peaks : null;
  return (
    <span class={`thumb thumb-${item.kind}`} aria-hidden="true">
      {sound ? <Track peaks={sound} /> : item.thumbnail ? <img src={item.thumbnail} alt="" draggable={false} /> : <Icon name={SIGNS[item.kind]} />}
    </span>
  );
}
