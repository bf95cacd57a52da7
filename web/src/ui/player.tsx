/** The film on the screen, with its controls. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { here } from "../api/http";
import type { Task } from "../api/types";
import { timecode } from "../pure/time";
import * as player from "../state/player";
import { t } from "../texts";
import { IconButton } from "./icons";

export function keysOf(event: KeyboardEvent): boolean {
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  const second = event.shiftKey;
  const acts: Record<string, () => void> = {
    " ": player.toggle,
    k: player.toggle,
    ArrowLeft: () => (second ? player.seek(player.at.value - 1) : player.step(-1)),
    ArrowRight: () => (second ? player.seek(player.at.value + 1) : player.step(1)),
    Home: () => player.seek(0),
    End: () => player.seek(player.length.value),
    m: () => player.setMuted(!player.muted.value),
  };
  const act = acts[event.key];
  if (!act) return false;
  event.preventDefault();
  act();
  return true;
}

export function Player({ task }: { task: Task }): JSX.Element {
  const element = useRef<HTMLVideoElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const film = here(task.files?.film ?? "");
  useEffect(() => {
    player.attach(element.current);
    return () => player.attach(null);
  }, [task.id]);
  return (
    <div class="player" ref={frame} role="group" aria-label={t("player")} onKeyDown={(event) => !(event.target instanceof HTMLInputElement) && !(event.target instanceof HTMLButtonElement && event.key === " ") && keysOf(event)}>
      <video
        key={task.id}
        ref={element}
        src={film}
        poster={task.files?.poster ? here(task.files.poster) : undefined}
        preload="auto"
        playsInline
        tabIndex={0}
        aria-label={task.request?.prompt || t("silent_prompt")}
        loop={player.looping.value}
        onClick={player.toggle}
        {...player.events}
      />
      <div class="controls">
        <IconButton icon={player.playing.value ? "pause" : "play"} label={player.playing.value ? t("pause") : t("play")} kind="play" onClick={player.toggle} />
        <Clock />
        <Scrubber />
        <IconButton icon="loop" label={t("loop")} pressed={player.looping.value} onClick={() => player.setLooping(!player.looping.value)} />
        <IconButton icon={player.muted.value ? "silent" : "loud"} label={player.muted.value ? t("unmute") : t("mute")} onClick={() => player.setMuted(!player.muted.value)} />
        <IconButton icon="full" label={t("fullscreen")} onClick={() => void (document.fullscreenElement ? document.exitFullscreen() : frame.current?.requestFullscreen())} />
      </div>
    </div>
  );
}

function Clock(): JSX.Element {
  return (
    <span class="clock">
      {timecode(player.at.value)} <span class="clock-length">/ {timecode(player.length.value)}</span>
    </span>
  );
}

function Scrubber(): JSX.Element {
  const length = player.length.value || 1;
  const share = Math.min(1, player.at.value / length);
  return (
    <input
      class="scrubber"
      type="range"
      min={0}
      max={length}
      step={1 / 24}
      value={player.at.value}
      aria-label={t("seek")}
      aria-valuetext={timecode(player.at.value)}
      style={{ "--share": `${share * 100}%` }}
      onInput={(event) => player.seek(Number(event.currentTarget.value))}
    />
  );
}
