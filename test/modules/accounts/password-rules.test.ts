// What a new password may not be: too short for the operator, too common, or too much like its owner's name. The same for
// registrations, changes and resets.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectInvalid, newName, PASSWORD, startServer, type TestServer, type User } from "../../support/harness.ts";
import { Mailbox } from "../../support/mailbox.ts";

const MIN_LENGTH = 9;

let mailbox: Mailbox;
let server: TestServer;
let strict: TestServer;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  const publicUrl = "https://chat.example.org";
  server = await startServer({ smtpUrl: mailbox.url, publicUrl });
  strict = await startServer({ passwordMinLength: MIN_LENGTH, allowsCommonPasswords: true }, server.target);
});
afterAll(async () => {
  await strict.close();
  await server.close();
  await mailbox.close();
});

const register = (password: string, username = newName(), email = `${username}@example.com`, at = server) =>
  at.call("POST", "/register", { username, email, password });

/** What is wrong with the field, as the server says it. */
const faultOf = ({ body }: { body: { errors?: { message: string }[] } }) => body.errors?.[0]?.message;

async function resetTo(user: User, new_password: string, at = server) {
  const { email } = (await user.get("/me")).body.data;
  await server.call("POST", "/password/forgot", { email });
  const { token } = await mailbox.next(email);
  return { token, answer: await at.call("POST", "/password/reset", { token, new_password }) };
}

const changeTo = (user: User, new_password: string, at = server) =>
  at.call(
    "PUT",
    "/me/password",
    { current_password: PASSWORD, new_password },
    { authorization: `Bearer ${user.token}` },
  );

describe("a new password", () => {
  test.each(["123456", "password", "Password1", "QWERTYUIOP", "iloveyou"])(
    "that is among the most common is refused: %s",
    async (password) => {
      const answer = await register(password);
      expectInvalid(answer, "password");
      expect(faultOf(answer)).toBe("is one of the most common passwords; choose another one");
    },
  );

  test.each([
    ["the name", "grace.hopper", "grace.hopper"],
    ["the name in other letters", "grace.hopper", "GRACE.Hopper"],
    ["the name with digits", "grace.hopper", "grace.hopper1906"],
    ["the name without its number", "grace1906", "grace!2026"],
    ["the name twice", "grace.hopper", "grace.hoppergrace.hopper"],
    ["a part of the name", "grace.hopper", "hopper"],
    ["the name with a few letters", "grace.hopper", "my-grace.hopper"],
  ])("that is %s is refused", async (_what, username, password) => {
    const answer = await register(password, username);
    expectInvalid(answer, "password");
    expect(faultOf(answer)).toBe("is too much like the username");
  });

  test.each(["rear.admiral@navy.example.org", "Rear.Admiral", "rear.admiral42"])(
    "that is the address, or its beginning, is refused: %s",
    async (password) => {
      const answer = await register(password, newName(), "rear.admiral@navy.example.org");
      expectInvalid(answer, "password");
      expect(faultOf(answer)).toBe("is too much like the e-mail address");
    },
  );

  test.each([
    ["the example of the documentation", "ali", "StrongPassword123"],
    ["the name among other words", "ada", "ada met lovelace by the sea"],
    ["a short name by chance", "val", "Validation-7"],
    ["one character short of a common one", newName(), "qwertyuio!p"],
  ])("is taken: %s", async (_what, username, password) => {
    expect((await register(password, username)).status).toBe(201);
  });

  test("meets the same rules in a change and in a reset, and a refused reset leaves its link", async () => {
    const user = await server.newUser();
    for (const password of ["iloveyou", `${user.username}99`]) {
      expectInvalid(await changeTo(user, password), "new_password");
    }
    const { token, answer } = await resetTo(user, "iloveyou");
    expectInvalid(answer, "new_password");
    const again = await server.call("POST", "/password/reset", { token, new_password: "AnotherPassword1" });
    expect(again.status).toBe(200);
  });
});

describe("the operator", () => {
  test("sets the least length for all three, and the documents and the public call show it", async () => {
    const user = await strict.newUser();
    for (const answer of [
      await register("12345ab!", newName(), undefined, strict),
      await changeTo(user, "12345ab!", strict),
      (await resetTo(user, "12345ab!", strict)).answer,
    ]) {
      expect(faultOf(answer)).toBe(`must be at least ${MIN_LENGTH} characters`);
    }
    expect((await register("12345abc!", newName(), undefined, strict)).status).toBe(201);
    expect((await strict.call("GET", "/registration")).body.data.password_min_length).toBe(MIN_LENGTH);
    const { paths } = (await strict.call("GET", "/openapi.json")).body;
    for (const [path, method, field] of [
      ["/register", "post", "password"],
      ["/me/password", "put", "new_password"],
      ["/password/reset", "post", "new_password"],
    ] as const) {
      const schema = paths[path][method].requestBody.content["application/json"].schema;
      expect(schema.properties[field]).toMatchObject({ minLength: MIN_LENGTH, maxLength: 128 });
    }
  });

  test("may allow common passwords", async () => {
    expect((await register("qwertyuiop", newName(), undefined, strict)).status).toBe(201);
  });

  test("does not lock out those whose password is shorter than what is demanded now", async () => {
    const username = newName();
    expect((await register("ab cd6", username)).status).toBe(201);
    expect((await strict.call("POST", "/login", { username, password: "ab cd6" })).status).toBe(200);
  });
});
