import { describe, expect, test } from "bun:test";
import { linkify } from "../../src/web/client/lib/links.ts";
import { initialOf, isEmojiOnly, isolate, lengthOf } from "../../src/web/client/lib/text.ts";

const linksOf = (text: string) => linkify(text).filter((piece) => typeof piece !== "string");

describe("links", () => {
  test.each([
    ["see https://example.org.", "https://example.org", "https://example.org/"],
    ["(www.example.org)", "www.example.org", "https://www.example.org/"],
    ["https://example.org/a_(b)", "https://example.org/a_(b)", "https://example.org/a_(b)"],
    ["[https://example.org/a]]", "https://example.org/a", "https://example.org/a"],
    ["HTTP://EXAMPLE.ORG/?q=1&r=2!?", "HTTP://EXAMPLE.ORG/?q=1&r=2", "http://example.org/?q=1&r=2"],
    ["https://example.org/ä", "https://example.org/ä", "https://example.org/%C3%A4"],
    ["看 https://example.org/路径。然后", "https://example.org/路径", "https://example.org/%E8%B7%AF%E5%BE%84"],
    ["見（https://example.org/a），好", "https://example.org/a", "https://example.org/a"],
    ["「https://example.org」と", "https://example.org", "https://example.org/"],
    ["it is at example.org.", "example.org", "https://example.org/"],
    ["write to mia@example.org, please", "mia@example.org", "mailto:mia@example.org"],
    ["*https://example.org/a*", "https://example.org/a", "https://example.org/a"],
  ])("%s", (text, shown, href) => {
    expect(linksOf(text)).toEqual([{ href, text: shown }]);
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "ftp://example.org",
    "https://",
    "http:// nothing",
    "//example.org",
    "main.ts, node.js and e.g. a.b",
    "version 1.2.3 of 12.5 MB at 10.30",
    "xhttps://example.org",
  ])("none in %s", (text) => {
    expect(linksOf(text)).toEqual([]);
  });

  test("nothing of a text gets lost, whatever is a link in it", () => {
    const text = "a https://one.example, b\n(https://two.example/x) www. https://[bad c";
    const texts = linkify(text).map((piece) => (typeof piece === "string" ? piece : piece.text));
    expect(texts.join("")).toBe(text);
    expect(linksOf(text)).toHaveLength(2);
  });

  test("brackets without end are cut off", () => {
    expect(linksOf(`https://a.example${")".repeat(4_000)}`)).toEqual([
      { href: "https://a.example/", text: "https://a.example" },
    ]);
  });
});

test("a message of up to three emoji is one that is shown large", () => {
  for (const text of ["🎉", "👍🏽", "👩‍👩‍👧‍👦", "❤️🎉🙂", "🇫🇷", "1️⃣2️⃣#️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿🎉"]) expect(isEmojiOnly(text)).toBe(true);
  for (const text of ["", "1", "12", "🇫", "a🎉", "🎉🎉🎉🎉", "🎉 🎉", "#"]) expect(isEmojiOnly(text)).toBe(false);
});

test("a length is in characters, as the server counts them", () => {
  expect(lengthOf("🙂a")).toBe(2);
});

test("an initial is the first thing that a reader takes for one letter", () => {
  expect(initialOf("ada")).toBe("A");
  expect(initialOf("  éve")).toBe("É");
  expect(initialOf("👩‍👩‍👧‍👦 family")).toBe("👩‍👩‍👧‍👦");
});

test("a name in a sentence keeps its directions to itself, and can't break out", () => {
  expect(isolate("ada")).toBe("\u2068ada\u2069");
  expect(isolate("a\u202Eb\u2069c\u2067")).toBe("\u2068a\u202Ebc\u2069");
});
