/** What was read, in words: the same as the colours under the prompt, for everybody who does not see them. */
import type { JSX } from "preact";
import type { Fact, Remark, Span } from "../api/types";
import { prompt } from "../state/draft";
import { reading, readingError, shown } from "../state/reading";
import { t, word } from "../texts";
import { remarkText } from "../texts/remarks";
import { Icon } from "./icons";

const LONGEST = 42;

function short(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > LONGEST ? `${flat.slice(0, LONGEST - 1)}…` : flat;
}

function Read({ span }: { span: Span }): JSX.Element {
  const words = short(prompt.value.slice(span.start, span.end));
  const role = span.kind === "mention" && span.tag ? shown.value.roles[span.tag] : undefined;
  const label = role ? word("role", role) : span.kind === "move" ? word("move", span.label.replaceAll(" ", "_")) : short(span.label.replaceAll("_", " "));
  const says = label && label.toLowerCase() !== words.toLowerCase() ? label : "";
  return (
    <li class={`chip span-${span.kind}`}>
      <span class="chip-kind">{word("span", span.kind)}</span>
      <span class="chip-words">{words}</span>
      {says && <span class="chip-label">{says}</span>}
    </li>
  );
}

function Known({ fact }: { fact: Fact }): JSX.Element {
  return (
    <li class={`chip span-${fact.kind}`}>
      <span class="chip-kind">{fact.kind === "time" ? t("shot_n", { n: fact.name }) : word(fact.kind === "scene" ? "scene" : "span", fact.name || fact.kind)}</span>
      <span class="chip-words">{fact.value.replaceAll("_", " ")}</span>
    </li>
  );
}

/** Whether something was said and not understood; other remarks only tell what will be done. */
const misread = (remark: Remark): boolean => remark.error || remark.start != null;

function Lost({ remark }: { remark: Remark }): JSX.Element {
  return (
    <li class={misread(remark) ? "remark remark-lost" : "remark"}>
      {misread(remark) && <Icon name="warn" size={16} />}
      <span>{remarkText(remark.text)}</span>
    </li>
  );
}

export function ReadingList(): JSX.Element {
  const { spans, remarks, facts } = shown.value;
  const read = spans.length + facts.length;
  const lost = remarks.filter(misread).length;
  const parts = read + remarks.length;
  const summary = [read ? t("reading_count", { n: read }) : "", lost ? t("reading_lost", { n: lost }) : ""];
  return (
    <section class="reading" aria-labelledby="reading-title" data-busy={reading.value}>
      <header class="reading-head">
        <h3 id="reading-title">{t("reading")}</h3>
        <p id="reading-summary" class="quiet" aria-live="polite">
          {readingError.value ? t("reading_failed", { why: readingError.value }) : summary.filter(Boolean).join(" · ")}
        </p>
        <span class="reading-busy" data-on={reading.value} aria-hidden="true" />
      </header>
      {parts ? (
        <>
          {read > 0 && (
            <ul class="chips">
              {spans.map((span, index) => (
                <Read key={index} span={span} />
              ))}
              {facts.map((fact) => (
                <Known key={`${fact.kind} ${fact.name} ${fact.value}`} fact={fact} />
              ))}
            </ul>
          )}
          {remarks.length > 0 && (
            <ul class="remarks">
              {remarks.map((remark, index) => (
                <Lost key={index} remark={remark} />
              ))}
            </ul>
          )}
        </>
      ) : (
        <p class="quiet">{t("reading_none")}</p>
      )}
    </section>
  );
}
