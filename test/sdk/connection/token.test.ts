// What the SDK reads in tokens.
import { expect, test } from "bun:test";
import { isSameSession } from "../../../src/sdk/index.ts";

const token = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;

test("two tokens are of one session when they have its id, and else only when they are the same", () => {
  expect(isSameSession(token({ jti: "a?>", exp: 1 }), token({ jti: "a?>", exp: 2 }))).toBe(true);
  expect(isSameSession(token({ jti: "a" }), token({ jti: "b" }))).toBe(false);
  for (const odd of ["rck_key", "", "a.b", token({ sub: "1" })]) {
    expect(isSameSession(odd, odd)).toBe(true);
    expect(isSameSession(odd, token({ jti: "a" }))).toBe(false);
    expect(isSameSession(odd, `${odd}x`)).toBe(false);
  }
});
