/** Whether a film says that Phonofilm made it. Its header is looked for in the first and the last part of the file. */

const MARK = /"made_with": ?"phonofilm/;
const PART = 1 << 20;

export async function madeHere(file: Blob): Promise<boolean> {
  const parts = file.size <= 2 * PART ? [file] : [file.slice(0, PART), file.slice(file.size - PART)];
  for (const part of parts) {
    if (MARK.test(await part.text())) return true;
  }
  return false;
}
