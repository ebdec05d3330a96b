import { describe, expect, test } from "bun:test";
import type { Attachment } from "../../src/sdk/index.ts";
import { attachmentsText, summaryOf } from "../../src/web/client/lib/message-text.ts";

const file = (kind: Attachment["kind"], name = "cat.webp") => ({ kind, name });

describe("a message on one line", () => {
  test.each([
    [{ body: "two\nlines  of text" }, "two lines of text"],
    [{ body: "", attachments: [file("image")] }, "Photo"],
    [{ body: "", attachments: [file("voice")] }, "Voice message"],
    [{ body: "", attachments: [file("file", "notes.txt")] }, "notes.txt"],
    [{ body: "our cat", attachments: [file("image")] }, "Photo: our cat"],
    [{ body: "", attachments: [file("image"), file("image")] }, "2 photos"],
    [{ body: "", attachments: [file("image"), file("video"), file("file")] }, "3 files"],
  ])("%j", (message, text) => {
    expect(summaryOf(message)).toBe(text);
  });

  test("keeps hidden what its sender has hidden, also inside of other formatting", () => {
    const entities = [
      { type: "bold" as const, offset: 0, length: 9 },
      { type: "spoiler" as const, offset: 3, length: 6 },
    ];
    expect(summaryOf({ body: "He did it 👍 again", entities })).toBe("He ▒▒▒ ▒▒ 👍 again");
  });

  test("nothing is said of no files", () => {
    expect(attachmentsText([])).toBe("");
  });
});
