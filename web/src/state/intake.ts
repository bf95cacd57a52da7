/** Files that come in by dropping, pasting or choosing; a film made here may also bring its request back. */
import { restore } from "../api/calls";
import { madeHere } from "../pure/made_here";
import { t } from "../texts";
import { addFiles, fill, refs } from "./draft";
import { tell } from "./films";
import { complain, notify } from "./notices";

export async function takeIn(given: Iterable<File>): Promise<void> {
  const plain: File[] = [];
  for (const file of given) {
    if (/\.mp4$|^video\/mp4$/i.test(file.type || file.name) && (await madeHere(file))) {
      notify(t("restore_ask", { name: file.name }), "plain", [
        { label: t("restore_yes"), act: () => void restoreFrom(file) },
        { label: t("restore_no"), act: () => addFiles([file]) },
      ]);
    } else plain.push(file);
  }
  addFiles(plain);
}

/** The request of a film into the draft. Its files are found on the server by what is in them. */
export async function restoreFrom(file: File): Promise<void> {
  try {
    const request = await restore(file, () => undefined, new AbortController().signal);
    fill(request);
    tell(t("restored", { name: file.name }));
    const missing = refs.value.filter((ref) => !ref.asset).map((ref) => `@${ref.tag}`);
    if (missing.length) notify(t("restored_missing", { tags: missing.join(", ") }), "bad");
  } catch (error) {
    complain(error);
  }
}
