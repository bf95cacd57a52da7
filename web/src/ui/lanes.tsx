/** The lanes of the timeline: what the score says, drawn to one scale. Everything in them is a button that goes to its time. */
import type { ComponentChildren, JSX } from "preact";
import type { CueView, LineView, ScoreView, ShotView } from "../pure/score";
import { rows } from "../pure/score";
import { TICKS, timecode } from "../pure/time";
import { openness } from "../pure/visemes";
import { seek } from "../state/player";
import { t, word } from "../texts";

export const seconds = (ticks: number): number => ticks / TICKS;

export interface Scale {
  length: number; // ticks
  width: number; // px of the whole film
}

const left = (tick: number, { length }: Scale): string => `${(tick / length) * 100}%`;
const span = (start: number, end: number): string => t("from_to", { from: timecode(seconds(start)), to: timecode(seconds(end)) });

export function Lane({ name, kind, height, children }: { name: string; kind: string; height?: number; children: ComponentChildren }): JSX.Element {
  return (
    <div class={`lane lane-${kind}`} role="group" aria-label={name} data-lane={kind}>
      <span class="lane-name" aria-hidden="true">
        {name}
      </span>
      <div class="lane-body" style={height ? { height: `${height}px` } : undefined}>
        {children}
      </div>
    </div>
  );
}

interface BlockProps {
  kind: string;
  start: number;
  end: number;
  scale: Scale;
  label: string;
  row?: number;
  children?: ComponentChildren;
}

/** One span or moment; it says its own time. Only one thing of the timeline is a stop of the Tab key, arrows go on from there. */
function Block({ kind, start, end, scale, label, row = 0, children }: BlockProps): JSX.Element {
  const said = `${label}, ${end > start ? span(start, end) : timecode(seconds(start))}`;
  return (
    <button
      type="button"
      class={`block block-${kind} ${end > start ? "" : "block-moment"}`}
      tabIndex={-1}
      style={{ left: left(start, scale), width: end > start ? left(end - start, scale) : undefined, top: row ? `${row * 26}px` : undefined }}
      title={said}
      aria-label={said}
      onClick={() => seek(seconds(start) + 1 / 48)}
    >
      {children ?? <span class="block-text">{label}</span>}
    </button>
  );
}

export function Shots({ score, scale }: { score: ScoreView; scale: Scale }): JSX.Element {
  return (
    <Lane name={t("lane_shots")} kind="shots">
      {score.shots.map((shot, index) => (
        <Block key={index} kind={index % 2 ? "shot odd" : "shot"} start={shot.start} end={shot.end} scale={scale} label={[t("shot_n", { n: index + 1 }), word("setting", shot.setting), ...shot.seen.map((who) => `@${who}`)].join(" · ")} />
      ))}
    </Lane>
  );
}

function Curve({ shot }: { shot: ShotView }): JSX.Element {
  const long = shot.end - shot.start;
  const points = shot.travel.map(([tick, done]) => `${(((tick - shot.start) / long) * 100).toFixed(2)},${(22 - done * 20).toFixed(2)}`);
  return (
    <svg class="curve" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <polyline points={points.join(" ")} />
    </svg>
  );
}

function delivered(value: number, asked: number): string {
  if (!asked || Math.abs(value - asked) < 0.01 * Math.abs(asked)) return "";
  return t("camera_less", { delivered: Math.round(value * 100) / 100, asked: Math.round(asked * 100) / 100 });
}

export function Camera({ score, scale }: { score: ScoreView; scale: Scale }): JSX.Element {
  return (
    <Lane name={t("lane_camera")} kind="camera">
      {score.shots.map((shot, index) => (
        <div key={index} class="camera-shot" style={{ left: left(shot.start, scale), width: left(shot.end - shot.start, scale) }}>
          <Curve shot={shot} />
        </div>
      ))}
      {score.shots.flatMap((shot, index) =>
        shot.legs.map((leg, part) => (
          <Block key={`${index}.${part}`} kind="camera" start={leg.start} end={leg.end} scale={scale} label={[word("move", leg.family), delivered(leg.delivered, leg.asked)].filter(Boolean).join(", ")} />
        )),
      )}
    </Lane>
  );
}

const READABLE = 7; // px: a phone narrower than this is only its colour

function Phones({ line, scale }: { line: LineView; scale: Scale }): JSX.Element {
  return (
    <>
      {line.phones.map((phone, index) => (
        <span
          key={index}
          class={`phone ${phone.viseme === "PP" ? "phone-closed" : ""} ${phone.viseme === "sil" ? "phone-silent" : ""}`}
          style={{ left: left(phone.start, scale), width: left(phone.end - phone.start, scale), "--open": openness(phone.viseme) }}
        >
          {((phone.end - phone.start) / scale.length) * scale.width >= READABLE ? phone.ipa : ""}
        </span>
      ))}
    </>
  );
}

export function Lines({ score, scale }: { score: ScoreView; scale: Scale }): JSX.Element | null {
  if (!score.lines.length) return null;
  const placed = rows(score.lines, 0);
  const high = Math.max(...placed.map(({ row }) => row)) + 1;
  return (
    <>
      <Lane name={t("lane_lines")} kind="lines" height={high * 26}>
        {placed.map(({ span: line, row }, index) => (
          <Block key={index} kind="line" row={row} start={line.start} end={line.end} scale={scale} label={[line.actor && `@${line.actor}`, line.text || t("role_voice")].filter(Boolean).join(": ")} />
        ))}
      </Lane>
      <div class="lane lane-phones" aria-hidden="true">
        <span class="lane-name">{t("lane_phones")}</span>
        <div class="lane-body">
          {score.lines.map((line, index) => (
            <Phones key={index} line={line} scale={scale} />
          ))}
        </div>
      </div>
    </>
  );
}

function Beats({ cue, scale }: { cue: CueView; scale: Scale }): JSX.Element {
  const long = Math.max(1, cue.end - cue.start);
  const px = (long / scale.length) * scale.width;
  return (
    <svg class="beats" viewBox={`0 0 ${px} 22`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      {cue.beats.map((beat, index) => {
        const x = ((beat - cue.start) / long) * px;
        return <path key={index} class={cue.downbeats.has(beat) ? "downbeat" : ""} d={`M${x} ${cue.downbeats.has(beat) ? 9 : 15}V22`} />;
      })}
    </svg>
  );
}

export function Cues({ score, scale }: { score: ScoreView; scale: Scale }): JSX.Element | null {
  if (!score.cues.length) return null;
  const gap = (scale.length * 70) / Math.max(1, scale.width); // room for a moment's name
  const placed = rows(score.cues, gap);
  const high = Math.max(...placed.map(({ row }) => row)) + 1;
  return (
    <Lane name={t("lane_cues")} kind="cues" height={high * 26}>
      {placed.map(({ span: cue, row }, index) => {
        const label = [word("cue", cue.kind), cue.label.replaceAll("_", " ")].filter(Boolean).join(": ");
        return (
          <Block key={index} kind={cue.kind} row={row} start={cue.start} end={cue.end} scale={scale} label={label}>
            {cue.beats.length > 0 && <Beats cue={cue} scale={scale} />}
            <span class="block-text">{label}</span>
          </Block>
        );
      })}
    </Lane>
  );
}
