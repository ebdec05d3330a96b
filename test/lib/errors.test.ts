// How errors are told apart, and that what goes wrong inside is not shown outside.
import { describe, expect, test } from "bun:test";
import { isDatabaseConflict, isDatabaseUnavailable, violatedUniqueConstraint } from "../../src/db/errors.ts";
import { errorCode } from "../../src/lib/error-code.ts";
import { ChatError, invalid, unavailable } from "../../src/lib/errors.ts";
import { ERRORS, TRANSIENT_CODES } from "../../src/protocol/errors.ts";
import { notFound, tooMany } from "../../src/protocol/refusals.ts";
import { newDatabase, startServer } from "../support/harness.ts";

const coded = (code: string, more: object = {}) => Object.assign(new Error("secret statement"), { code, ...more });
const wrapped = (cause: Error) => new Error("Failed query", { cause: new Error("again", { cause }) });

describe("a refusal", () => {
  test("is a sentence and a code, with more only where there is more", () => {
    expect(new ChatError(notFound("group")).toBody()).toEqual({
      detail: "The group was not found.",
      code: "not_found",
    });
    expect(invalid("name", "must not be empty").toBody()).toEqual({
      detail: "name: must not be empty",
      code: "invalid",
      errors: [{ field: "name", message: "must not be empty" }],
    });
    expect(new ChatError(tooMany("messages", 2.1)).toBody()).toEqual({
      detail: "Too many messages; try again in 3 s.",
      code: "slow_down",
      retry_after: 3,
    });
  });

  test("has the contract's status", () => {
    expect(new ChatError(notFound("group")).status).toBe(404);
    expect(invalid("x", "y").status).toBe(422);
    expect(unavailable().status).toBe(503);
    const statuses = new Set(Object.values(ERRORS).map(({ status }) => status as number));
    expect([...statuses].sort()).toEqual([400, 401, 403, 404, 409, 413, 415, 416, 422, 429, 500, 503]);
  });

  test("says that trying again helps for those codes alone that time can cure", () => {
    expect(TRANSIENT_CODES).toEqual(["slow_down", "unavailable"]);
  });
});

describe("an error of the database", () => {
  test("is known by its code, however deeply it is wrapped", () => {
    expect(errorCode(coded("23505"))).toBe("23505");
    expect(errorCode(wrapped(coded("23505")))).toBe("23505");
    for (const none of [new Error("no code"), null, undefined, "text", { code: "23505" }, wrapped(new Error("x"))]) {
      expect(errorCode(none)).toBeNull();
    }
  });

  test.each([
    ...["08000", "08006", "53100", "53300", "57P01", "57P02", "57P03", "58030", "25006"],
    ...["CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECT_TIMEOUT", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT"],
  ])("%s means that the database is away", (code) => {
    expect(isDatabaseUnavailable(wrapped(coded(code)))).toBe(true);
  });

  test.each(["23505", "22P02", "42P01", "57014", "40001", "EACCES"])("%s does not mean that it is away", (code) => {
    expect(isDatabaseUnavailable(coded(code))).toBe(false);
  });

  test("is a conflict when a second try can resolve it", () => {
    for (const code of ["40001", "40P01"]) expect(isDatabaseConflict(wrapped(coded(code)))).toBe(true);
    for (const error of [coded("23505"), new Error("x"), null]) expect(isDatabaseConflict(error)).toBe(false);
  });

  test("names the unique constraint that was broken, and no other kind", () => {
    const broken = coded("23505", { constraint_name: "users_email_key" });
    expect(violatedUniqueConstraint(wrapped(broken))).toBe("users_email_key");
    expect(violatedUniqueConstraint(coded("23503", { constraint_name: "users_email_key" }))).toBeNull();
  });
});

describe("what goes wrong inside", () => {
  test("answers with a sentence and a code, and shows nothing of itself", async () => {
    const database = await newDatabase();
    const server = await startServer({ logLevel: "silent" }, database.target);
    const user = await server.newUser();
    await user.get("/me");
    await database.drop();
    const answers = await Promise.all([
      user.get("/me"),
      user.get("/conversations"),
      user.post("/groups", { name: "a-private-name" }),
      user.post("/friends/requests/a-private-name"),
      server.call("POST", "/login", { username: "a-private-name", password: "a-private-password" }),
    ]);
    for (const { status, body, headers } of answers) {
      expect([500, 503]).toContain(status);
      expect(headers.get("content-type")).toStartWith("application/json");
      expect(["internal", "unavailable"]).toContain(body.code);
      expect(JSON.stringify(body)).not.toMatch(/select|insert|private|postgres|stack|database "|users|at \w+ \(/i);
    }
    await server.close();
  });
});
