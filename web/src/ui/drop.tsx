/** Files dropped or pasted anywhere on the page. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { takeIn } from "../state/intake";
import { t } from "../texts";
import { Mark } from "./icons";

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

export function Drop(): JSX.Element | null {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const stop = new AbortController();
    const listen = <K extends keyof WindowEventMap>(name: K, act: (event: WindowEventMap[K]) => void): void =>
      window.addEventListener(name, act, { signal: stop.signal });
    listen("dragenter", (event) => {
      if (hasFiles(event) && ++depth === 1) setOver(true);
    });
    listen("dragleave", (event) => {
      if (hasFiles(event) && --depth <= 0) {
        depth = 0;
        setOver(false);
      }
    });
    listen("dragover", (event) => hasFiles(event) && event.preventDefault());
    listen("drop", (event) => {
      depth = 0;
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      void takeIn([...(event.dataTransfer?.files ?? [])]);
    });
    listen("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      void takeIn(files);
    });
    return () => stop.abort();
  }, []);
  if (!over) return null;
  return (
    <div class="drop" aria-hidden="true">
      <Mark size={64} />
      <b>{t("drop_title")}</b>
      <span>{t("drop_text")}</span>
    </div>
  );
}
