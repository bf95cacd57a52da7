/** Five films that start with one click: their files are made or fetched by the server, their request is put into the prompt box too. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { getExamples, prepareExample } from "../api/calls";
import type { Example } from "../api/types";
import { asked, fill } from "../state/draft";
import { make } from "../state/films";
import { key } from "../state/key";
import { complain } from "../state/notices";
import { language, t } from "../texts";
import { ExampleArt } from "./example_art";

async function start(example: Example): Promise<void> {
  const { references } = await prepareExample(example.id);
  const given = references.map(({ tag, asset }) => ({ tag, kind: asset.kind, name: asset.name, asset: `asset://${asset.id}`, peaks: asset.peaks }));
  fill({ ...example.asked, references: given }, Object.fromEntries(references.map(({ tag, asset }) => [tag, asset])));
  await make(asked());
}

export function Examples({ onMade }: { onMade: () => void }): JSX.Element | null {
  const [examples, setExamples] = useState<Example[]>([]);
  const [busy, setBusy] = useState("");
  useEffect(() => {
    getExamples().then(setExamples).catch(complain);
  }, [key.value]);
  if (!examples.length) return null;
  return (
    <section class="examples" aria-labelledby="examples-title">
      <h2 id="examples-title">{t("examples")}</h2>
      <ul>
        {examples.map((example) => {
          const title = example.title[language.value] ?? example.id;
          return (
            <li key={example.id}>
              <button
                type="button"
                class="example"
                disabled={busy !== ""}
                title={t("example_start", { title })}
                data-example={example.id}
                onClick={() => {
                  setBusy(example.id);
                  start(example)
                    .then(onMade)
                    .catch(complain)
                    .finally(() => setBusy(""));
                }}
              >
                <ExampleArt id={example.id} />
                <b>{title}</b>
                <span class="quiet" role={busy === example.id ? "status" : undefined}>
                  {busy === example.id ? t("example_busy") : example.about[language.value]}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
