import assert from "node:assert/strict";
import { test } from "node:test";
import { completed, matching, typedAt } from "../src/pure/complete";
import { moved, segments } from "../src/pure/segments";
import { clean, free, renamed, ROLES_OF, ROLE_TAGS, tagFor } from "../src/pure/tags";

const span = (start: number, end: number, kind: string) => ({ start, end, kind, label: kind });

test("the pieces of a prompt are the prompt", () => {
  const prompt = "😀 @face says “hi @you”. 推近";
  const pieces = segments(prompt, [span(3, 8, "mention"), span(14, 22, "line"), span(18, 22, "mention")], [{ text: "?", start: 25, end: 99, error: false }]);
  assert.equal(pieces.map(({ text }) => text).join(""), prompt);
});

test("a mention inside a line is seen as a mention", () => {
  const pieces = segments("says hi @you", [span(5, 12, "line"), span(8, 12, "mention")], []);
  assert.deepEqual(pieces.map(({ text, kind }) => [text, kind]), [["says ", ""], ["hi ", "line"], ["@you", "mention"]]);
});

test("places outside the prompt draw nothing", () => {
  assert.deepEqual(segments("abc", [span(-4, 99, "move")], []).map(({ text, kind }) => [text, kind]), [["abc", "move"]]);
  assert.deepEqual(segments("", [span(0, 4, "move")], []), []);
});

test("places move with an edit before them and stay with one after them", () => {
  const places = [span(0, 4, "a"), span(10, 14, "b")];
  assert.deepEqual(moved("0123456789abcd", "0123xx456789abcd", places), [span(0, 4, "a"), span(12, 16, "b")]);
  assert.deepEqual(moved("0123456789abcd", "0123456789abcd!", places), places);
});

test("a place that an edit touches is gone, one without a place stays", () => {
  assert.deepEqual(moved("slow push in", "slow pxsh in", [span(5, 12, "move")]), []);
  assert.deepEqual(moved("abc", "abcd", [{ text: "everywhere" } as { start?: number; end?: number }]), [{ text: "everywhere" }]);
});

test("every edit of every text leaves places inside the text", () => {
  const before = "a push in b";
  for (let at = 0; at <= before.length; at++) {
    for (const after of [before.slice(0, at) + "zz" + before.slice(at), before.slice(0, at) + before.slice(at + 2)]) {
      for (const place of moved(before, after, [span(2, 9, "move")])) {
        assert.equal(after.slice(place.start, place.end), "push in", `${at}: ${after}`);
      }
    }
  }
});

test("a mention is typed at the start, after a space, after Chinese, but not in an address", () => {
  assert.equal(typedAt("@", 1)?.query, "");
  assert.equal(typedAt("see @fac", 8)?.query, "fac");
  assert.equal(typedAt("让@脸", 3)?.query, "脸");
  assert.equal(typedAt("me@home", 7), null);
  assert.equal(typedAt("see @face now", 13), null);
});

test("a completed mention has one space after it, or the sign that follows", () => {
  const typed = typedAt("see @fa", 7)!;
  assert.deepEqual(completed("see @fa", typed, "face"), { text: "see @face ", caret: 10 });
  assert.deepEqual(completed("see @fa, ok", typed, "face"), { text: "see @face, ok", caret: 9 });
});

test("tags that begin with what was typed come first", () => {
  const options = [{ tag: "old_face" }, { tag: "Face2" }, { tag: "logo" }];
  assert.deepEqual(matching(options, "fa").map(({ tag }) => tag), ["Face2", "old_face"]);
});

test("tags hold letters of any script, digits and the underscore", () => {
  assert.equal(clean("  my photo (2).jpg "), "my_photo_2_jpg");
  assert.equal(clean("人物 照片"), "人物_照片");
  assert.equal(clean("<img onerror=1>"), "img_onerror_1");
});

test("no two files have one tag", () => {
  assert.equal(free("product", []), "product");
  assert.equal(free("product", ["Product"]), "product2");
  assert.equal(free("product", ["product", "product2"]), "product3");
  assert.equal(free("product2", ["product2"]), "product3");
});

test("a file whose name says nothing is called by what it is", () => {
  assert.equal(tagFor("IMG_2041.JPG", "image", []), "picture");
  assert.equal(tagFor("PXL_20260101_1234.mp4", "video", []), "clip");
  assert.equal(tagFor("Voiceover.wav", "audio", []), "voiceover");
  assert.equal(tagFor("coffee.png", "image", ["coffee"]), "coffee2");
});

test("a renamed file is renamed in the prompt, others are not", () => {
  assert.equal(renamed("@face and @face2, @Face!", "face", "alice"), "@alice and @face2, @alice!");
  assert.equal(renamed("@a", "a", "$&"), "@$&");
});

test("every role that can be chosen has a tag that says it", () => {
  for (const roles of Object.values(ROLES_OF)) for (const role of roles) assert.ok(ROLE_TAGS[role], role);
});
