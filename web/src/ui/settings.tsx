/** Ratio, length, size and seed at hand; the rest behind one fold. */
import type { JSX } from "preact";
import { rollSeed, set, settings } from "../state/draft";
import { options, profile } from "../state/options";
import { t } from "../texts";
import { IconButton } from "./icons";

const TALLEST = 16;

function Shape({ ratio }: { ratio: string }): JSX.Element {
  const [w = 0, h = 0] = ratio.split(":").map(Number);
  const scale = TALLEST / Math.max(w, h, 1);
  const [width, height] = w && h ? [w * scale, h * scale] : [TALLEST, TALLEST];
  const dashed = w && h ? undefined : "3 2.5";
  return (
    <svg class="shape" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <rect x={10 - width / 2} y={10 - height / 2} width={width} height={height} rx="1.5" stroke-dasharray={dashed} />
    </svg>
  );
}

function Ratios(): JSX.Element {
  const shapes = ["adaptive", ...options.value.ratios.filter((ratio) => ratio !== "adaptive")];
  return (
    <fieldset class="ratios">
      <legend>{t("ratio")}</legend>
      <div class="ratio-row">
        {shapes.map((ratio) => (
          <label key={ratio} class="ratio">
            <input type="radio" name="ratio" value={ratio} checked={settings.value.ratio === ratio} onChange={() => set("ratio", ratio)} />
            <Shape ratio={ratio} />
            <span>{ratio === "adaptive" ? t("ratio_adaptive") : ratio}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Choice(props: { name: string; label: string; value: string; values: [string, string][]; onPick: (value: string) => void }): JSX.Element {
  const { name, label, value, values, onPick } = props;
  return (
    <label class="field">
      <span class="field-name">{label}</span>
      <select name={name} value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {values.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Seed(): JSX.Element {
  return (
    <div class="field">
      <label class="field-name" for="seed">
        {t("seed")}
      </label>
      <span class="seed">
        <input
          id="seed"
          inputMode="numeric"
          value={settings.value.seed}
          onChange={(event) => {
            const typed = Number(event.currentTarget.value);
            set("seed", Number.isInteger(typed) && typed >= 0 && typed < 2 ** 32 ? typed : settings.value.seed);
            event.currentTarget.value = String(settings.value.seed);
          }}
        />
        <IconButton icon="dice" label={t("dice")} onClick={() => set("seed", rollSeed())} />
      </span>
    </div>
  );
}

function Switch({ name, label }: { name: "generate_audio" | "draft" | "watermark"; label: string }): JSX.Element {
  return (
    <label class="switch">
      <input type="checkbox" role="switch" checked={settings.value[name]} onChange={(event) => set(name, event.currentTarget.checked)} />
      <span class="switch-track" aria-hidden="true" />
      <span>{label}</span>
    </label>
  );
}

export function SettingsPanel(): JSX.Element {
  const { engines, resolutions, seconds, limits } = options.value;
  const lengths: [string, string][] = [["-1", t("seconds_auto")]];
  for (let s = seconds.least; s <= seconds.most; s++) lengths.push([String(s), t("seconds_unit", { n: s })]);
  const now = settings.value;
  return (
    <section class="settings" aria-label={t("settings")}>
      <Ratios />
      <div class="fields">
        <Choice name="duration" label={t("seconds")} value={String(now.duration)} values={lengths} onPick={(value) => set("duration", Number(value))} />
        <Choice name="resolution" label={t("resolution")} value={now.resolution} values={resolutions.map((one) => [one, one === "2k" ? "2K" : one])} onPick={(value) => set("resolution", value)} />
        <Seed />
      </div>
      <details class="more">
        <summary>{t("more")}</summary>
        <div class="fields">
          {engines.length > 0 && (
            <Choice name="engine" label={t("engine")} value={now.engine} values={engines.map(({ name }) => [name, name])} onPick={(value) => set("engine", value)} />
          )}
          {limits.length > 1 && (
            <Choice name="limits" label={t("limits")} value={profile.value} values={limits.map(({ name }) => [name, name])} onPick={(value) => (profile.value = value)} />
          )}
        </div>
        <p class="quiet">{engines.find(({ name }) => name === now.engine)?.about}</p>
        <div class="switches">
          <Switch name="generate_audio" label={t("sound")} />
          <Switch name="draft" label={t("draft")} />
          <Switch name="watermark" label={t("watermark")} />
        </div>
      </details>
    </section>
  );
}
