/** WCAG 2.2 contrast of the colours that the page uses together, out of the style sheet itself. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

type Colour = [number, number, number];
const css = readFileSync(join(process.cwd(), "src/style/tokens.css"), "utf8");

function tokens(selector: string): Record<string, string> {
  const at = css.lastIndexOf(`${selector} {`);
  assert.ok(at >= 0, selector);
  const block = css.slice(at, css.indexOf("}", at));
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value!.trim()]));
}

function colour(hex: string): Colour {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
  assert.ok(found, hex);
  return [1, 2, 3].map((k) => parseInt(found[k]!, 16)) as Colour;
}

const mix = (over: Colour, under: Colour, share: number): Colour => over.map((value, k) => value * share + under[k]! * (1 - share)) as Colour;

function luminance(of: Colour): number {
  const [r, g, b] = of.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as Colour;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Colour, b: Colour): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const base = tokens(":root");
const themes = { light: tokens(':root[data-theme="light"]'), dark: tokens(':root[data-theme="dark"]'), system: tokens(":root:not([data-theme])") };

for (const [name, theme] of Object.entries(themes)) {
  const get = (token: string): Colour => colour(theme[token] ?? base[token]!);
  const hues = Object.keys(theme).filter((token) => token.startsWith("hue-"));

  test(`words can be read in the ${name} theme`, () => {
    for (const ground of ["ground", "surface", "raised"]) {
      for (const text of ["text", "quiet", "accent", "bad", "good", ...hues]) {
        const ratio = contrast(get(text), get(ground));
        assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
    assert.ok(contrast(get("on-accent"), get("accent")) >= 4.5);
    assert.ok(contrast(get("on-accent"), get("accent-hover")) >= 4.5);
    assert.ok(contrast(get("bad"), get("bad-ground")) >= 4.5);
    assert.ok(contrast(get("base-quiet"), get("base")) >= 4.5);
    assert.ok(contrast(get("lamp"), get("base")) >= 4.5);
  });

  test(`words on the colour of what was read can be read in the ${name} theme`, () => {
    const tint = parseFloat(theme.tint!) / 100;
    for (const hue of hues) {
      for (const ground of ["raised", "surface"]) {
        const ratio = contrast(get("text"), mix(get(hue), get(ground), tint));
        assert.ok(ratio >= 7, `${hue} under text on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
  });

  test(`edges of what can be used can be seen in the ${name} theme`, () => {
    for (const ground of ["ground", "surface", "raised"]) {
      const ratio = contrast(get("line-strong"), get(ground));
      assert.ok(ratio >= 3, `line-strong on ${ground}: ${ratio.toFixed(2)}`);
    }
  });
}

test("the system's dark is the chosen dark", () => {
  assert.deepEqual(themes.system, themes.dark);
});
