// The emoji that the client offers: those that the server takes, found by their names.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { isEmoji } from "../../src/protocol/text.ts";
import { EMOJI_GROUPS, emojisOf, searchEmojis, TONES, withTone } from "../../src/web/client/views/room/emoji/emojis.ts";
import { emojiModule } from "../../src/web/write-emoji.ts";

const ALL = EMOJI_GROUPS.flatMap(({ emojis }) => emojis);
const found = (text: string) => searchEmojis(text, 8).map(({ emoji }) => emoji);

test("the file is what its package has", async () => {
  const path = join(import.meta.dir, "../../src/web/client/views/room/emoji/emoji-data.ts");
  expect(await Bun.file(path).text()).toBe(await emojiModule());
});

test("each can be a reaction, in every tone, and none is there twice", () => {
  expect(ALL.length).toBeGreaterThan(1_500);
  for (const one of ALL)
    for (const tone of TONES)
      expect([withTone(one, tone), isEmoji(withTone(one, tone))]).toEqual([withTone(one, tone), true]);
  expect(new Set(ALL.map(({ emoji }) => emoji)).size).toBe(ALL.length);
  const codes = ALL.flatMap((one) => one.codes);
  expect(codes.filter((code) => !/^[\p{L}\p{N}_+-]+$/u.test(code))).toEqual([]);
});

test("they are found by short names, by names and by what they are about, the closest first", () => {
  expect(found("smile")[0]).toBe("😄");
  expect(found("+1")[0]).toBe("👍");
  expect(found("thumbs")).toContain("👍");
  expect(found("red heart")[0]).toBe("❤️");
  expect(found("lol")).toContain("😂");
  expect(found("germany")).toContain("🇩🇪");
  expect([found("qqqq"), found(" ")]).toEqual([[], []]);
});

test("those used lately keep their tone", () => {
  const thumb = ALL.find(({ codes }) => codes.includes("+1"))!;
  expect(withTone(thumb, TONES[3])).toBe("👍🏽");
  expect(emojisOf(["👍🏽", "no emoji", "❤️"]).map(({ emoji, name }) => [emoji, name])).toEqual([
    ["👍🏽", "thumbs up"],
    ["❤️", "red heart"],
  ]);
});
