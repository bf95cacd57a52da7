/** The score, read only: the strip with its sound track, and everything timed under it, on the clock of the player. */
import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { getScore } from "../api/calls";
import { here } from "../api/http";
import type { Task } from "../api/types";
import { drawStrip, takeFrames, type Frames } from "../media/strip";
import { drawWave, takeSound } from "../media/wave";
import { viewOf, type ScoreView } from "../pure/score";
import { timecode } from "../pure/time";
import { at, playing, seek } from "../state/player";
import { t } from "../texts";
import { IconButton } from "./icons";
import { Camera, Cues, Lane, Lines, Shots, seconds, type Scale } from "./lanes";
import { keysOf } from "./player";

const CLOSEST = 12;
const BASE = "#171210";
const HOLE = "#4a4039";
const WAVE = "#f3c27a";

export function Timeline({ task }: { task: Task }): JSX.Element {
  const [score, setScore] = useState<ScoreView | null>(null);
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    let left = false;
    setScore(null);
    setMissing(false);
    getScore(task.id)
      .then((document) => !left && setScore(viewOf(document)))
      .catch(() => !left && setMissing(true));
    return () => {
      left = true;
    };
  }, [task.id]);
  return (
    <section class="score" aria-labelledby="score-title">
      {score && score.length > 0 ? <Board key={task.id} score={score} task={task} /> : (
        <>
          <h3 id="score-title">{t("score")}</h3>
          <p class="quiet">{missing ? t("score_none") : t("score_loading")}</p>
        </>
      )}
    </section>
  );
}

function Board({ score, task }: { score: ScoreView; task: Task }): JSX.Element {
  const view = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(1);
  const [room, setRoom] = useState(0); // px that the film has at zoom 1
  const strip = useRef<HTMLCanvasElement>(null);
  const wave = useRef<HTMLCanvasElement>(null);
  const frames = useRef<Frames | null>(null);
  const sound = useRef<Float32Array[] | null>(null);
  const scale: Scale = { length: score.length, width: room * zoom };
  const ratio = score.width / score.height;
  const film = task.files?.film ? here(task.files.film) : "";

  useLayoutEffect(() => {
    const measure = new ResizeObserver(() => {
      const box = view.current!;
      const names = parseFloat(getComputedStyle(box).getPropertyValue("--names")) || 0;
      setRoom(Math.max(200, box.clientWidth - names));
    });
    measure.observe(view.current!);
    return () => measure.disconnect();
  }, []);

  useEffect(() => {
    const stop = new AbortController();
    const draw = (): void => {
      if (strip.current) drawStrip(strip.current, frames.current, ratio, { base: BASE, hole: HOLE });
    };
    if (film) {
      takeFrames(film, (taken) => {
        frames.current = taken;
        draw();
      }, stop.signal).catch(() => undefined);
      takeSound(film, stop.signal)
        .then((channels) => {
          sound.current = channels;
          if (wave.current) drawWave(wave.current, channels, { base: BASE, wave: WAVE });
        })
        .catch(() => undefined);
    }
    return () => {
      stop.abort();
      for (const picture of frames.current?.pictures ?? []) picture?.close();
      frames.current = null;
    };
  }, [film]);

  useLayoutEffect(() => {
    if (!room) return;
    if (strip.current) drawStrip(strip.current, frames.current, ratio, { base: BASE, hole: HOLE });
    if (wave.current) drawWave(wave.current, sound.current, { base: BASE, wave: WAVE });
  }, [room, zoom]);

  const zoomTo = (next: number): void => {
    const closer = Math.max(1, Math.min(CLOSEST, next));
    const box = view.current!;
    const share = (at.value * 48_000) / score.length;
    const seen = share * scale.width - box.scrollLeft;
    setZoom(closer);
    requestAnimationFrame(() => (box.scrollLeft = share * room * closer - Math.min(Math.max(seen, 60), box.clientWidth - 60)));
  };

  const onKey = (event: KeyboardEvent): void => {
    if (moveFocus(event)) return;
    const zooms: Record<string, () => void> = { "+": () => zoomTo(zoom * 1.5), "=": () => zoomTo(zoom * 1.5), "-": () => zoomTo(zoom / 1.5), "0": () => zoomTo(1) };
    const act = event.ctrlKey || event.metaKey ? undefined : zooms[event.key];
    if (act) {
      event.preventDefault();
      act();
    } else if (!(event.target instanceof HTMLButtonElement && (event.key === " " || event.key === "Enter"))) keysOf(event);
  };

  return (
    <div onKeyDown={onKey}>
      <header class="score-head">
        <h3 id="score-title">{t("score")}</h3>
        <p class="quiet" id="score-keys">
          {t("score_hint")}
        </p>
        <span class="zooms">
          <IconButton icon="out" label={t("zoom_out")} disabled={zoom <= 1} onClick={() => zoomTo(zoom / 1.5)} />
          <IconButton icon="in" label={t("zoom_in")} disabled={zoom >= CLOSEST} onClick={() => zoomTo(zoom * 1.5)} />
          <IconButton icon="fit" label={t("zoom_fit")} disabled={zoom === 1} onClick={() => zoomTo(1)} />
        </span>
      </header>
      <div class="score-view" ref={view}>
        <div class="score-content" style={{ "--film": `${scale.width}px` }}>
          <Ruler score={score} scale={scale} />
          <Lane name={t("lane_picture")} kind="strip">
            <canvas ref={strip} aria-hidden="true" onClick={(event) => seek((event.offsetX / event.currentTarget.clientWidth) * seconds(score.length))} />
          </Lane>
          <Lane name={t("lane_sound")} kind="wave">
            <canvas ref={wave} aria-hidden="true" onClick={(event) => seek((event.offsetX / event.currentTarget.clientWidth) * seconds(score.length))} />
          </Lane>
          <Shots score={score} scale={scale} />
          <Camera score={score} scale={scale} />
          <Lines score={score} scale={scale} />
          <Cues score={score} scale={scale} />
          <Playhead score={score} scale={scale} view={view} />
        </div>
      </div>
    </div>
  );
}

/** Arrow keys among the things of the timeline, once one of them has the focus: left and right in a lane, up and down between lanes. */
function moveFocus(event: KeyboardEvent): boolean {
  const from = event.target as HTMLElement;
  const content = from.closest(".score-content");
  const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
  const upright = event.key === "ArrowUp" || event.key === "ArrowDown";
  if (!content || !(sideways || upright) || (sideways && !from.classList.contains("block"))) return false;
  const lanes = [...content.querySelectorAll<HTMLElement>("[data-lane]")]
    .map((lane) => [...lane.querySelectorAll<HTMLElement>(".block, [role=slider]")])
    .filter((lane) => lane.length);
  const row = lanes.findIndex((lane) => lane.includes(from));
  if (row < 0) return false;
  const forward = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : -1;
  const place = from.getBoundingClientRect().left;
  const near = (lane: HTMLElement[]): HTMLElement | undefined =>
    [...lane].sort((a, b) => Math.abs(a.getBoundingClientRect().left - place) - Math.abs(b.getBoundingClientRect().left - place))[0];
  const next = sideways ? lanes[row]![lanes[row]!.indexOf(from) + forward] : near(lanes[row + forward] ?? []);
  event.preventDefault();
  next?.focus();
  next?.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
}

function Ruler({ score, scale }: { score: ScoreView; scale: Scale }): JSX.Element {
  const total = seconds(score.length);
  const body = useRef<HTMLDivElement>(null);
  const toPointer = (event: PointerEvent): void => {
    const box = body.current!.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * total);
  };
  const marks = Array.from({ length: Math.floor(total) + 1 }, (_, second) => second);
  const fine = scale.width / total > 190;
  return (
    <div class="lane lane-ruler" data-lane="ruler">
      <span class="lane-name" aria-hidden="true" />
      <div
        ref={body}
        class="lane-body"
        role="slider"
        tabIndex={0}
        aria-label={t("seek")}
        aria-describedby="score-keys"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={Math.round(at.value * 100) / 100}
        aria-valuetext={timecode(at.value)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          toPointer(event);
        }}
        onPointerMove={(event) => event.buttons === 1 && toPointer(event)}
      >
        {marks.map((second) => (
          <span key={second} class={second === total ? "mark-second last" : "mark-second"} style={{ left: `${(second / total) * 100}%` }}>
            {timecode(second).replace(/\.00$/, "")}
          </span>
        ))}
        {fine && <span class="mark-frames" style={{ backgroundSize: `${scale.width / total / 24}px 100%` }} />}
      </div>
    </div>
  );
}

/** Follows the player without drawing the page again; keeps itself in view while the film plays. */
function Playhead({ score, scale, view }: { score: ScoreView; scale: Scale; view: { current: HTMLDivElement | null } }): JSX.Element {
  const line = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      effect(() => {
        const x = Math.min(1, (at.value * 48_000) / score.length) * scale.width;
        line.current!.style.transform = `translateX(${x}px)`;
        const box = view.current;
        if (!box || !playing.value || scale.width <= box.clientWidth) return;
        if (x < box.scrollLeft || x > box.scrollLeft + box.clientWidth - 140) box.scrollLeft = x - 60;
      }),
    [score, scale.width],
  );
  return <div class="playhead" ref={line} aria-hidden="true" />;
}
