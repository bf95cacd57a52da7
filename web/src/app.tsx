/** The page: the request on the left, the screen with its score on the right, the films below. */
import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { key, setKey } from "./state/key";
import { current, films, loaded, refresh } from "./state/films";
import { nextTheme, theme } from "./state/look";
import { loadOptions } from "./state/options";
import { language, setLanguage, t, type Key } from "./texts";
import { Composer } from "./ui/composer";
import { Drop } from "./ui/drop";
import { Examples } from "./ui/examples";
import { History } from "./ui/history";
import { IconButton, Mark } from "./ui/icons";
import { KeyDialog } from "./ui/key_dialog";
import { Notices } from "./ui/notices";
import { Viewer } from "./ui/viewer";

const SIGNS = { auto: "half", dark: "moon", light: "sun" } as const;
const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

function show(selector: string): void {
  requestAnimationFrame(() => {
    const target = document.querySelector<HTMLElement>(selector);
    target?.closest("section")?.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
    target?.focus({ preventScroll: true });
  });
}

function Head(): JSX.Element {
  const other = language.value === "zh" ? "en" : "zh";
  return (
    <header class="head">
      <a class="skip" href="#prompt">
        {t("skip")}
      </a>
      <h1 class="brand">
        <Mark />
        <span>Phonofilm</span>
      </h1>
      <p class="tagline">{t("tagline")}</p>
      <nav class="head-tools" aria-label={t("settings")}>
        {key.value && <IconButton icon="lock" label={t("key_forget")} onClick={() => setKey("")} />}
        <button type="button" class="button plain" lang={other === "zh" ? "zh-CN" : "en"} title={t("language_label")} onClick={() => setLanguage(other)}>
          {t("language")}
        </button>
        <IconButton icon={SIGNS[theme.value]} label={t("theme", { theme: t(`theme_${theme.value}` as Key) })} onClick={nextTheme} />
      </nav>
    </header>
  );
}

function Empty(): JSX.Element {
  return (
    <section class="viewer viewer-empty" aria-labelledby="empty-title">
      <div class="screen">
        <div class="screen-empty">
          <Mark size={72} />
          <h2 id="empty-title">{t("empty_title")}</h2>
          <p>{t("empty_text")}</p>
        </div>
      </div>
    </section>
  );
}

export function App(): JSX.Element {
  const onMade = (): void => show("#viewer-title");
  useSignalEffect(() => {
    const making = films.value.find(({ status }) => status === "running");
    document.title = making ? `${t("percent", { n: Math.round(making.progress ?? 0) })} · Phonofilm` : "Phonofilm";
  });
  const none = loaded.value && !films.value.length;
  return (
    <>
      <Head />
      <main class="page" data-empty={none}>
        <Composer onMade={onMade} />
        <div class="stage">
          {current.value ? <Viewer onEdit={() => show("#prompt")} /> : <Empty />}
          {!none && <History />}
          <Examples onMade={onMade} />
        </div>
      </main>
      <Drop />
      <Notices />
      <KeyDialog
        onKey={() => {
          void loadOptions();
          void refresh().catch(() => undefined);
        }}
      />
    </>
  );
}
