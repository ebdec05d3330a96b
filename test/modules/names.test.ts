// What people and things may be called: usernames that nobody can take for another, and names and texts that can be seen.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  expectInvalid,
  expectRefusal,
  newGroup,
  newPair,
  PASSWORD,
  startServer,
  type TestServer,
} from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

let mails = 0;
const register = (username: string, more: object = {}) =>
  server.call("POST", "/register", { username, email: `mail${++mails}@example.com`, password: PASSWORD, ...more });
const logIn = (username: string, password = PASSWORD) => server.call("POST", "/login", { username, password });

describe("a username", () => {
  test.each([
    ["with a variation selector", "ali\ufe0f"],
    ["with a Hangul filler", "ali\u3164"],
    ["with a half-width Hangul filler", "ali\uffa0"],
    ["with a combining grapheme joiner", "al\u034fi"],
    ["with a zero-width joiner", "al\u200di"],
    ["with a tag character", "ali\u{e0061}"],
    ["of fillers alone", "\u3164\u3164\u3164"],
    ["with a Cyrillic letter among Latin ones", "\u0430li"],
    ["with a Greek letter among Latin ones", "alι"],
    ["with Arabic digits behind Latin letters", "ali٣"],
    ["with a second dot on an i", "ali\u0307"],
    ["with the same accent twice", "a\u0301\u0301li"],
    ["with a tower of accents", "a\u0300\u0301\u0302\u0303\u0304\u0306li"],
    ["of a blank symbol", "ali\u2800"],
    ["with a mark that encloses a letter", "ali\u20e3"],
  ])("%s is refused", async (_what, username) => {
    expectInvalid(await register(username), "username");
  });

  test.each([
    "Али",
    "Μαρία",
    "שלום",
    "محمد٣",
    "カタカナひら漢字",
    "漢字ali",
    "한국어ali",
    "Việt_Nguyễn",
    "Straße",
    "हिन्दी",
    "İnci",
  ])("%s is taken", async (username) => {
    expect((await register(username)).status).toBe(201);
  });

  test.each([
    ["a final sigma", "λόγος", "ΛΌΓΟΣ"],
    ["a sharp s", "gruße", "GRUSSE"],
    ["a ligature", "ﬁfi", "FIFI"],
    ["Cyrillic letters that look Latin", "pacc", "расс"],
    ["a capital I for an l", "kelly", "keIIy"],
    ["a digit for an l", "hello_", "he11o_"],
    ["a zero for an o", "root", "r00t"],
    ["rn for an m in a capital name", "Mike", "rnike"],
    ["a capital I in small letters", "bilal", "BiIaI"],
    ["a dotless i", "filiz", "fılız"],
    ["a capital and an I", "ANIL", "anıl"],
  ])("is one with its twin by %s", async (_what, first, second) => {
    expect((await register(first)).status).toBe(201);
    expectRefusal(await register(second), 409, "username_taken");
  });

  test("is one's own when ten register look-alikes at once", async () => {
    const names = ["sosa", "ѕоѕа", "s0sa", "SOSA", "Sоsа".normalize("NFC"), "sosа"];
    const answers = await Promise.all(names.map((name) => register(name)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test("is counted in characters, whatever each takes", async () => {
    expect((await register("𠀀𠀁𠀂")).status).toBe(201);
    expect((await register("𠀃".repeat(50))).status).toBe(201);
    expectInvalid(await register("𠀃".repeat(51)), "username");
    expect((await register("e\u0301".repeat(50))).status).toBe(201);
  });

  test("opens the account in any case, is found by it, and takes requests by it", async () => {
    expect((await register("Αλέξης")).status).toBe(201);
    expect((await register("Weißmann")).status).toBe(201);
    const me = await server.newUser();
    for (const [typed, username] of [
      ["ΑΛΈΞΗΣ", "Αλέξης"],
      ["αλέξησ", "Αλέξης"],
      ["WEISSMANN", "Weißmann"],
      ["weiẞmann", "Weißmann"],
    ] as const) {
      expect((await logIn(typed)).status).toBe(200);
      const found = await me.get(`/users?query=${encodeURIComponent(typed)}`);
      expect(found.body.data.map((one: { username: string }) => one.username)).toEqual([username]);
      const request = await me.post(`/friends/requests/${encodeURIComponent(typed)}`);
      expect(request.body.data?.receiver.username ?? request.body.code).toBe(
        typed === "ΑΛΈΞΗΣ" || typed === "WEISSMANN" ? username : "already_requested",
      );
    }
  });

  test("is found by a beginning in capitals that ends in sigma", async () => {
    const me = await server.newUser();
    expect((await register("Πασχάλης")).status).toBe(201);
    for (const query of ["ΠΑΣ", "πας", "πασ"]) {
      const { body } = await me.get(`/users?query=${encodeURIComponent(query)}`);
      expect(body.data.map((one: { username: string }) => one.username)).toEqual(["Πασχάλης"]);
    }
  });
});

describe("an e-mail address", () => {
  test.each(["a\u200bb@example.com", "ab@exam\u00adple.com", "ab\u3164@example.com", "a\u0007b@example.com"])(
    "with something that can't be seen is refused: %p",
    async (email) => {
      expectInvalid(await register("mailer", { email }), "email");
    },
  );

  test("is one account in any case", async () => {
    expect((await register("post_one", { email: "grüße@straße.example" })).status).toBe(201);
    expectRefusal(await register("post_two", { email: "GRÜSSE@STRASSE.example" }), 409, "email_taken");
    expect((await logIn("GRÜßE@STRAßE.EXAMPLE")).status).toBe(200);
  });
});

describe("a password", () => {
  test("opens the account whichever way its accents are typed", async () => {
    expect((await register("composer", { password: "pässwörd" })).status).toBe(201);
    expect((await logIn("composer", "pa\u0308sswo\u0308rd")).status).toBe(200);
    expectRefusal(await logIn("composer", "password"), 401, "bad_credentials");
  });

  test("that was hashed before accents were composed still opens its account", async () => {
    const user = await server.newUser();
    const decomposed = "pa\u0308sswo\u0308rd";
    const old = await Bun.password.hash(decomposed, { algorithm: "argon2id", memoryCost: 8, timeCost: 1 });
    await server.core.sql`update users set password_hash = ${old} where id = ${user.id}`;
    expect((await logIn(user.username, decomposed)).status).toBe(200);
    const change = { current_password: decomposed, new_password: "näxt one" };
    expect((await user.put("/me/password", change)).status).toBe(200);
    expect((await logIn(user.username, "na\u0308xt one")).status).toBe(200);
  });

  test("is counted in characters", async () => {
    expectInvalid(await register("counter", { password: "🔑".repeat(5) }), "password");
    expectInvalid(await register("counter", { password: "e\u0301".repeat(5) }), "password");
    expectInvalid(await register("counter", { password: "🔑".repeat(129) }), "password");
    expect((await register("counter", { password: "🔑".repeat(128) })).status).toBe(201);
    expect((await logIn("counter", "🔑".repeat(128))).status).toBe(200);
  });
});

const UNSEEN = ["\u3164", "\u200b\u200d", "\ufe0f", "\u2800\u2800", "\u{e0061}", "\u00ad", "\u2066\u2069", "\u0301"];
const CONTROLS = ["a\u0007b", "a\u001b[31mb", "a\u0085b", "a\u007fb", "a\u202eb", "a\u202db"];
const SHOWN = [
  "Family ❤️",
  "Команда Alpha",
  "👩‍👩‍👧",
  "می‌خواهم",
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "1️⃣",
  "क्‍ष",
  "\u200fשלום",
  "x".repeat(50),
  "😀".repeat(50),
];

describe("a group name", () => {
  test.each([...UNSEEN, ...CONTROLS, "a\nb", "a\tb", "a\u2067b", "a\u202ab", "a\u2028b", "x".repeat(51)])(
    "%j is refused, for a new group and an old one",
    async (name) => {
      const { owner, groupId } = await newGroup(server, 1);
      expectInvalid(await owner.post("/groups", { name }), "name");
      expectInvalid(await owner.put(`/groups/${groupId}`, { name }), "name");
      expect((await owner.get(`/groups/${groupId}`)).body.data.name).toBe("Weekend");
    },
  );

  test.each(SHOWN)("%j is taken as it is", async (name) => {
    const owner = await server.newUser();
    expect((await owner.post("/groups", { name })).body.data.name).toBe(name);
  });
});

describe("a group description", () => {
  test.each([...UNSEEN, ...CONTROLS])("%j is refused", async (description) => {
    const { owner, groupId } = await newGroup(server, 1);
    expectInvalid(await owner.post("/groups", { name: "x", description }), "description");
    expectInvalid(await owner.put(`/groups/${groupId}`, { description }), "description");
  });
});

describe("a message", () => {
  test.each([...UNSEEN, ...CONTROLS])("%j is refused over HTTP, on a socket and as an edit", async (body) => {
    const { ali, conversationId } = await newPair(server);
    const path = `/messages/${conversationId}`;
    expectInvalid(await ali.post(path, { body }), "body");
    const socket = await server.connect(ali, `/ws/conversations/${conversationId}`);
    socket.send({ type: "message.send", body, ref: "1" });
    expect((await socket.next("error")).code).toBe("invalid");
    const sent = await ali.post(path, { body: "hello" });
    expectInvalid(await ali.put(`${path}/${sent.body.data.id}`, { body }), "body");
    expect((await ali.get(path)).body.data.map((one: { body: string }) => one.body)).toEqual(["hello"]);
    socket.ws.close();
  });

  test.each([...SHOWN, "one\ntwo\r\nthree", "if (x)\n\treturn", "\u2067مرحبا\u2069", "😀".repeat(4000)])(
    "%j is taken as it is",
    async (body) => {
      const { ali, conversationId } = await newPair(server);
      const sent = await ali.post(`/messages/${conversationId}`, { body });
      expect(sent.body.data?.body ?? sent.body).toBe(body);
    },
  );
});
