import assert from "node:assert/strict";
import { test } from "node:test";
import { optionsOf, readingOf } from "../src/api/told";
import { EventReader } from "../src/pure/events";
import { madeHere } from "../src/pure/made_here";
import { peaks } from "../src/pure/peaks";
import { rows, viewOf } from "../src/pure/score";
import { ago, bytes, lasting, timecode } from "../src/pure/time";
import { en } from "../src/texts/en";
import { zh } from "../src/texts/zh";

const STREAM = "retry: 1000\n\nid: 1\nevent: status\ndata: {\"a\":1}\n\n: still here\n\nid: 2\r\nevent: progress\r\ndata: one\r\ndata: two\r\n\r\ndata: 电影\n\n";

test("events are the same however the stream is cut", () => {
  const whole = new EventReader().feed(STREAM);
  assert.deepEqual(whole, [
    { id: "1", event: "status", data: '{"a":1}' },
    { id: "2", event: "progress", data: "one\ntwo" },
    { id: "2", event: "message", data: "电影" },
  ]);
  for (let size = 1; size < 30; size++) {
    const reader = new EventReader();
    const found = [];
    for (let at = 0; at < STREAM.length; at += size) found.push(...reader.feed(STREAM.slice(at, at + size)));
    assert.deepEqual(found, whole, `pieces of ${size}`);
  }
});

test("a score is read with the defaults that its document leaves out", () => {
  const view = viewOf({
    length: 192000, width: 864, height: 496, seed: 7,
    shots: [
      { start: 0, end: 96000, camera: { family: "push_in", asked: 1, delivered: 0.5, keys: [{ tick: 0, position: [0, 1.5, 0] }, { tick: 48000, position: [0, 1.5, -1] }, { tick: 96000, position: [0, 1.5, -4] }] }, setting: { kind: "photo" }, seen: ["face"] },
      { start: 96000, end: 192000, camera: { keys: [{ tick: 96000, position: [0, 1.5, 0] }] }, setting: { kind: "place", place: "sea" } },
    ],
    cues: [
      { kind: "line", start: 2000, end: 90000, actor: "face", text: "Hello", language: "en", phones: [{ start: 2000, end: 6000, ipa: "h", viseme: "kk" }] },
      { kind: "impact", start: 100000, actor: "ball", material: "wood" },
      { kind: "music", start: 0, end: 999999, style: "calm", beats: [0, 24000], downbeats: [0] },
    ],
  });
  assert.deepEqual(view.shots.map(({ family, setting, travel }) => [family, setting, travel]), [
    ["push_in", "photo", [[0, 0], [48000, 0.25], [96000, 1]]],
    ["static", "sea", [[96000, 0], [192000, 0]]],
  ]);
  assert.equal(view.lines[0]!.phones[0]!.ipa, "h");
  assert.deepEqual(view.cues.map(({ kind, label, start, end }) => [kind, label, start, end]), [["impact", "wood", 100000, 100000], ["music", "calm", 0, 192000]]);
});

test("a document that is no score has no length", () => {
  for (const wrong of [null, 3, [], { shots: 4, cues: [1, null] }]) assert.equal(viewOf(wrong).length, 0);
});

test("spans that overlap are in rows of their own", () => {
  const placed = rows([{ start: 0, end: 10 }, { start: 5, end: 8 }, { start: 10, end: 12 }], 0);
  assert.deepEqual(placed.map(({ row }) => row), [0, 1, 0]);
});

test("the loudest sample of each column is kept, of either channel", () => {
  const left = Float32Array.from([0, 0.5, 0, 0, 0, -1.5, 0, 0]);
  const right = Float32Array.from([0, 0, 0, 0.25, 0, 0, 0, 0]);
  assert.deepEqual([...peaks([left, right], 4)], [0.5, 0.25, 1, 0]);
  assert.deepEqual([...peaks([], 2)], [0, 0]);
});

test("times and sizes are as people read them", () => {
  assert.equal(timecode(0), "0:00.00");
  assert.equal(timecode(3.5), "0:03.12");
  assert.equal(timecode(61 + 23 / 24), "1:01.23");
  assert.equal(bytes(999), "999 B");
  assert.equal(bytes(2_500_000), "2.5 MB");
  assert.equal(lasting(12.34), "12.3 s");
  assert.equal(lasting(75), "1:15");
  assert.deepEqual(ago(0, 7200), { value: -2, unit: "hour" });
});

test("places of a reading count as JavaScript does", () => {
  const told = readingOf({
    language: "en", roles: {}, refused: ["music"], scene: { place: "sea", subjects: ["x"] },
    spans: [{ start: 2, end: 7, start16: 3, end16: 8, kind: "mention", label: "" }],
    remarks: [{ text: "all", error: false }],
    shots: [{ from: 0, to: 192000, transition: "cut", framing: ["close_up"] }],
  });
  assert.deepEqual([told.spans[0]!.start, told.spans[0]!.end], [3, 8]);
  assert.equal("😀 @face".slice(3, 8), "@face");
  assert.deepEqual(told.facts.map(({ kind, value }) => [kind, value]), [["time", "0–4 s"], ["move", "close_up"], ["scene", "sea"], ["refused", "music"]]);
});

test("people get the limits for their own files unless the operator chose others", () => {
  const profile = { files: 12, consent: false, image: { count: 9, bytes: 1, formats: [] }, video: { count: 3, bytes: 1, formats: [] }, audio: { count: 3, bytes: 1, formats: [] } };
  const told = { engines: [], engine: "stage", resolutions: [], ratios: [], seconds: { shortest: 4, longest: 15 }, limits: { seedance: profile, local: profile, strict: profile } };
  assert.equal(optionsOf({ ...told, default_limits: "seedance" }).profile, "local");
  assert.equal(optionsOf({ ...told, default_limits: "strict" }).profile, "strict");
});

test("a film made here is known by its header, at the start or at the end", async () => {
  const mark = '{"ai_generated": true, "made_with": "phonofilm 0.1.0"}';
  const much = "x".repeat(3 << 20);
  assert.equal(await madeHere(new Blob([mark, much])), true);
  assert.equal(await madeHere(new Blob([much, mark])), true);
  assert.equal(await madeHere(new Blob([much])), false);
});

test("both languages say the same things with the same blanks", () => {
  const blanks = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort();
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    assert.ok(zh[key].trim(), key);
    assert.deepEqual(blanks(zh[key]), blanks(en[key]), key);
  }
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
});
