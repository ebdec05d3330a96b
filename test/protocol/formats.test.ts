// The formats of texts, which are checked before anything else is known of who sends them.
import { expect, test } from "bun:test";
import { isEmail } from "../../src/protocol/types.ts";

test("an e-mail address of a body's size is refused without being looked through again and again", () => {
  // By the square of its length this takes longer than a test may.
  expect(isEmail(`a@${".".repeat(150_000)}@`)).toBe(false);
  expect(isEmail(`a@${"b.".repeat(126)}c`)).toBe(false);
  expect(isEmail(`  a@${"b.".repeat(125)}c  `)).toBe(true);
});
