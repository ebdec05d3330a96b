// Sending, editing and deleting over HTTP: the same promises in conversations and in groups.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectInvalid, expectRefusal, MOMENT, startServer, type TestServer } from "../../support/harness.ts";
import { KINDS, newRoom, seqOf } from "./rooms.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const GONE = 999_999_999;

describe.each(KINDS)("in a %s", (kind) => {
  const room = () => newRoom(server, kind);
  const sent = async () => {
    const made = await room();
    const { body } = await made.author.post(made.path, { body: "hello" });
    return { ...made, message: body.data, at: `${made.path}/${body.data.id}` };
  };

  describe("sending", () => {
    test("answers 201 with the message in the contract's shape, trimmed, and both read the same back", async () => {
      const { author, other, id, path } = await room();
      const { status, body } = await author.post(path, { body: "  hello\n" });
      expect(status).toBe(201);
      const moment = expect.stringMatching(MOMENT);
      expect(body).toEqual({
        data: {
          id: expect.any(Number),
          ...(kind === "conversation" ? { conversation_id: id } : { group_id: id, sender_name: author.username }),
          sender_id: author.id,
          body: "hello",
          client_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          seq: expect.any(Number),
          created_at: moment,
          edited_at: null,
          deleted_at: null,
          delivered_at: null,
          read_at: null,
        },
      });
      for (const user of [author, other]) expect((await user.get(path)).body.data).toEqual([body.data]);
    });

    test("gives each message the next place, whoever sends", async () => {
      const made = await room();
      const before = await seqOf(server, made);
      const places: number[] = [];
      for (const user of [made.author, made.other, made.author]) {
        places.push((await user.post(made.path, { body: "x" })).body.data.seq);
      }
      expect(places).toEqual([before + 1, before + 2, before + 3]);
    });

    test("keeps text as it was written", async () => {
      const { author, path } = await room();
      for (const text of ["<b>&amp;</b>", "'; drop table users; --", "👩‍👩‍👧 مرحبا\n\tשלום", "\\u0041"]) {
        expect((await author.post(path, { body: text })).body.data.body).toBe(text);
      }
    });

    test("counts characters, not bytes: 4,000 of any kind, white space around them aside", async () => {
      const { author, path } = await room();
      for (const character of ["a", "ğ", "😀"]) {
        const longest = character.repeat(4000);
        expect((await author.post(path, { body: `  ${longest}  ` })).body.data.body).toBe(longest);
        expectInvalid(await author.post(path, { body: `${longest}${character}` }), "body");
      }
    });

    test.each([
      ["empty", { body: "" }],
      ["white space", { body: " \n\t\u00a0 " }],
      ["missing", {}],
      ["a number", { body: 5 }],
      ["null", { body: null }],
      ["a list", { body: ["hello"] }],
    ])("refuses a body that is %s", async (_what, input) => {
      const { author, path } = await room();
      expectInvalid(await author.post(path, input), "body");
      expect((await author.get(path)).body.data).toEqual([]);
    });
  });

  describe("client_id", () => {
    test("stores a message once: 201, then 200 with the first, whatever comes with it", async () => {
      const { author, path } = await room();
      const clientId = crypto.randomUUID();
      const first = await author.post(path, { body: "once", client_id: clientId });
      expect(first.status).toBe(201);
      expect(first.body.data.client_id).toBe(clientId);
      for (const again of [
        { body: "once", client_id: clientId },
        { body: "once", client_id: clientId.toUpperCase() },
        { body: "something else", client_id: clientId },
      ]) {
        const { status, body } = await author.post(path, again);
        expect(status).toBe(200);
        expect(body).toEqual(first.body);
      }
      expect((await author.get(path)).body.data).toHaveLength(1);
    });

    test("stores one message when it is sent ten times at once", async () => {
      const made = await room();
      const before = await seqOf(server, made);
      const input = { body: "once", client_id: crypto.randomUUID() };
      const answers = await Promise.all(Array.from({ length: 10 }, () => made.author.post(made.path, input)));
      expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
      for (const { body } of answers) expect(body).toEqual(answers[0]!.body);
      expect(await seqOf(server, made)).toBe(before + 1);
    });

    test("answers with the message as it stands now, edited or deleted", async () => {
      const { author, path } = await room();
      const input = { body: "first text", client_id: crypto.randomUUID() };
      const { body } = await author.post(path, input);
      const edited = await author.put(`${path}/${body.data.id}`, { body: "second text" });
      expect((await author.post(path, input)).body).toEqual(edited.body);
      const deleted = await author.delete(`${path}/${body.data.id}`);
      expect((await author.post(path, input)).body).toEqual(deleted.body);
    });

    test("is shown in small letters, however it was written", async () => {
      const { author, path } = await room();
      const clientId = crypto.randomUUID();
      const { body } = await author.post(path, { body: "hello", client_id: clientId.toUpperCase() });
      expect(body.data.client_id).toBe(clientId);
      expect((await author.get(path)).body.data).toEqual([body.data]);
    });

    test("is each sender's own, and each room's", async () => {
      const [here, there] = await Promise.all([room(), room()]);
      const input = { body: "hello", client_id: crypto.randomUUID() };
      for (const [user, path] of [
        [here.author, here.path],
        [here.other, here.path],
        [there.author, there.path],
      ] as const) {
        expect((await user.post(path, input)).status).toBe(201);
      }
    });

    test("must be a UUID", async () => {
      const { author, path } = await room();
      for (const clientId of ["", "1", 7, "0b9f1f5e-6f0b-4d3f-9a51-3a1c2f6f8a1g", `${crypto.randomUUID()} `]) {
        expectInvalid(await author.post(path, { body: "hello", client_id: clientId }), "client_id");
      }
    });
  });

  describe("editing", () => {
    test.each(["body", "content"])("replaces the text, given as %s, and says when", async (name) => {
      const { author, other, path, at, message } = await sent();
      const { status, body } = await author.put(at, { [name]: " changed " });
      expect(status).toBe(200);
      expect(body).toEqual({ data: { ...message, body: "changed", edited_at: expect.stringMatching(MOMENT) } });
      expect((await other.get(path)).body.data).toEqual([body.data]);
    });

    test("to the same text changes nothing and takes no place", async () => {
      const made = await sent();
      const before = await seqOf(server, made);
      const { status, body } = await made.author.put(made.at, { body: " hello " });
      expect(status).toBe(200);
      expect(body.data).toEqual(made.message);
      expect(await seqOf(server, made)).toBe(before);
    });

    test("is the author's alone", async () => {
      const { other, at, author, path } = await sent();
      expectRefusal(await other.put(at, { body: "not mine" }), 403, "forbidden");
      expect((await author.get(path)).body.data[0].body).toBe("hello");
    });

    test("refuses an empty text, one that is too long, and none", async () => {
      const { author, at } = await sent();
      for (const input of [{ body: " " }, { body: "x".repeat(4001) }, { body: 1 }, {}]) {
        expectInvalid(await author.put(at, input), "body");
      }
      expectInvalid(await author.put(at, { content: 1 }), "content");
    });

    test("a deleted message is refused", async () => {
      const { author, at } = await sent();
      await author.delete(at);
      expectRefusal(await author.put(at, { body: "back again" }), 409, "message_deleted");
    });
  });

  describe("deleting", () => {
    test("empties the message and leaves it in its place", async () => {
      const { author, other, path, at, message } = await sent();
      await other.post(path, { body: "after" });
      const { status, body } = await author.delete(at);
      expect(status).toBe(200);
      expect(body).toEqual({ data: { ...message, body: "", deleted_at: expect.stringMatching(MOMENT) } });
      const history = (await other.get(path)).body.data;
      expect(history.map((row: { body: string }) => row.body)).toEqual(["", "after"]);
      expect(history[0]).toEqual(body.data);
    });

    test("twice answers the same and takes no place", async () => {
      const made = await sent();
      const first = await made.author.delete(made.at);
      const before = await seqOf(server, made);
      const second = await made.author.delete(made.at);
      expect(second.status).toBe(200);
      expect(second.body).toEqual(first.body);
      expect(await seqOf(server, made)).toBe(before);
    });

    test("is not for another plain member", async () => {
      const { other, at } = await sent();
      expectRefusal(await other.delete(at), 403, "forbidden");
    });

    test("and editing leave the old text nowhere in the database", async () => {
      const { author, path } = await room();
      const texts = ["first-secret-text", "second-secret-text"];
      const { body } = await author.post(path, { body: texts[0] });
      await author.put(`${path}/${body.data.id}`, { body: texts[1] });
      await author.delete(`${path}/${body.data.id}`);
      for (const text of texts) {
        const found = await server.core.sql`select 1 from events e where to_jsonb(e)::text like ${`%${text}%`}`;
        expect(found).toHaveLength(0);
      }
    });
  });

  describe("who is outside, or names what isn't there,", () => {
    test("finds nothing", async () => {
      const { outsider, author, path, at } = await sent();
      expectRefusal(await outsider.get(path), 404, "not_found");
      expectRefusal(await outsider.post(path, { body: "let me in" }), 404, "not_found");
      expectRefusal(await outsider.put(at, { body: "mine now" }), 404, "not_found");
      expectRefusal(await outsider.delete(at), 404, "not_found");
      const gone = path.replace(/\d+/, String(GONE));
      expectRefusal(await author.get(gone), 404, "not_found");
      expectRefusal(await author.post(gone, { body: "anyone?" }), 404, "not_found");
      expectRefusal(await author.put(`${path}/${GONE}`, { body: "x" }), 404, "not_found");
      expectRefusal(await author.delete(`${path}/${GONE}`), 404, "not_found");
      expect((await author.get(path)).body.data).toHaveLength(1);
    });

    test("can't reach a message through another room", async () => {
      const [{ author, message }, theirs] = await Promise.all([sent(), room()]);
      const { body } = await theirs.author.post("/groups", { name: "Own" });
      for (const path of [theirs.path, `/groups/${body.group_id}/messages`]) {
        expectRefusal(await theirs.author.put(`${path}/${message.id}`, { body: "x" }), 404, "not_found");
        expectRefusal(await theirs.author.delete(`${path}/${message.id}`), 404, "not_found");
      }
      expectRefusal(await author.delete(`${theirs.path}/${message.id}`), 404, "not_found");
    });

    test("can't reach the room under the name of the other kind", async () => {
      const { author, id, message } = await sent();
      const path = kind === "conversation" ? `/groups/${id}/messages` : `/messages/${id}`;
      expectRefusal(await author.get(path), 404, "not_found");
      expectRefusal(await author.post(path, { body: "x" }), 404, "not_found");
      expectRefusal(await author.put(`${path}/${message.id}`, { body: "x" }), 404, "not_found");
      expectRefusal(await author.delete(`${path}/${message.id}`), 404, "not_found");
    });
  });
});
