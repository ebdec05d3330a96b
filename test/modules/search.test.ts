// Search: what is found, by whom, in which order, and where in the text.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { BLOCK, blockToken } from "../../src/feeds/search/tokens.ts";
import {
  expectInvalid,
  expectRefusal,
  type Json,
  newGroup,
  newPair,
  startServer,
  type TestServer,
  type User,
} from "../support/harness.ts";
import { indexed } from "../support/search-index.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ search: true });
});
afterAll(() => server.close());

const search = async (user: User, filters: Record<string, string | number>) => {
  await indexed(server.core.sql);
  const query = new URLSearchParams(
    Object.entries(filters).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return user.get(`/search?${query}`);
};
const bodies = ({ body }: { body: Json }): string[] => body.data.map(({ message }: Json) => message.body);
const found = async (user: User, filters: Record<string, string | number> | string) =>
  bodies(await search(user, typeof filters === "string" ? { query: filters } : filters));

/** A group whose owner has said all this, the first thing first. */
async function roomOf(...texts: string[]) {
  const room = await newGroup(server, 2);
  const path = `/groups/${room.groupId}/messages`;
  const ids: number[] = [];
  for (const body of texts) ids.push((await room.owner.post(path, { body })).body.data.id);
  return { ...room, path, ids, room: `group:${room.groupId}` };
}

describe("a search", () => {
  test("finds the messages with all the words, the last one by its beginning, newest first", async () => {
    const { owner } = await roomOf("The deploy is green", "Deploying now", "A green field", "deploy: green!");
    expect(await found(owner, "green deploy")).toEqual(["deploy: green!", "The deploy is green"]);
    expect(await found(owner, "deploy")).toEqual(["deploy: green!", "Deploying now", "The deploy is green"]);
    // Only the last one.
    expect(await found(owner, "gre deploy")).toEqual([]);
    expect(await found(owner, "deploy gre")).toEqual(["deploy: green!", "The deploy is green"]);
  });

  test("says where each message is, and where in it the words stand", async () => {
    const { owner, room, groupId } = await roomOf("🎉 Grüße, greetings and a Green green-house");
    const { body } = await search(owner, { query: "greetings green" });
    expect(body).toMatchObject({ next_cursor: null, complete: true });
    const [result] = body.data;
    expect(result).toMatchObject({
      room,
      title: "Weekend",
      message: { group_id: groupId, sender_name: owner.username },
    });
    const characters = [...result.message.body];
    const marked = result.highlights.map(([offset, length]: number[]) =>
      characters.slice(offset, offset! + length!).join(""),
    );
    expect(marked).toEqual(["greetings", "Green", "green"]);
    const { ali, veli, conversationId } = await newPair(server);
    await veli.post(`/messages/${conversationId}`, { body: "mine alone" });
    const direct = (await search(ali, { query: "alo" })).body.data[0];
    expect(direct).toMatchObject({
      room: `conversation:${conversationId}`,
      title: veli.username,
      highlights: [[5, 3]],
    });
  });

  test("finds what is between quotation marks as it is written, but for case and white space", async () => {
    const { owner } = await roomOf(
      "red  Green blue",
      "green red blue",
      "red green-blue",
      "bred greens",
      "rot grün, grünlich",
    );
    expect(await found(owner, '"red green"')).toEqual(["red green-blue", "red  Green blue"]);
    expect(await found(owner, "“Green Blue” red")).toEqual(["red  Green blue"]);
    expect(await found(owner, '"grün"')).toEqual(["rot grün, grünlich"]);
    expect(await found(owner, '"grun"')).toEqual([]);
    expect(await found(owner, "grun")).toEqual(["rot grün, grünlich"]);
    // One that is not closed yet is words like others.
    expect(await found(owner, '"green re')).toEqual(["red green-blue", "green red blue", "red  Green blue"]);
  });

  test("goes on where the page before ended, each message once, while others come", async () => {
    const { owner, path } = await roomOf(...Array.from({ length: 60 }, (_, i) => `page ${i}`));
    const first = await search(owner, { query: "page" });
    expect(bodies(first)).toEqual(Array.from({ length: 50 }, (_, i) => `page ${59 - i}`));
    await owner.post(path, { body: "page 60" });
    const second = await search(owner, { query: "page", cursor: first.body.next_cursor });
    expect(bodies(second)).toEqual(Array.from({ length: 10 }, (_, i) => `page ${9 - i}`));
    expect(second.body.next_cursor).toBeNull();
  });

  test("finds what is old among very many, block after block", async () => {
    const { owner, groupId, room } = await roomOf("ancient papyrus", "old papyrus");
    await indexed(server.core.sql);
    // As if others had said very much since.
    const { sql } = server.core;
    const [{ top }] = (await sql`select max(id) as top from events`) as unknown as [{ top: number }];
    for (const block of [2, 8, 40]) {
      const id = top + block * BLOCK;
      await sql`
        insert into events (id, room_id, seq, kind, actor_id, body) overriding system value
        select ${id}, ${groupId}, last_seq + 1, 'message', ${owner.id}, 'papyrus of ' || ${block}::text from rooms where id = ${groupId}`;
      await sql`update rooms set last_seq = last_seq + 1 where id = ${groupId}`;
    }
    await sql`select setval(pg_get_serial_sequence('events', 'id'), (select max(id) from events))`;
    const restarted = await startServer({ search: true }, server.target);
    await indexed(sql);
    expect(blockToken(1)).toBe("b:1");
    const all = ["papyrus of 40", "papyrus of 8", "papyrus of 2", "old papyrus", "ancient papyrus"];
    expect(await found(owner, "papyrus")).toEqual(all);
    expect(await found(owner, { query: "papyrus", room })).toEqual(all);
    const oldest = await search(owner, { query: "papyrus", cursor: top + 3 * BLOCK });
    expect(bodies(oldest)).toEqual(all.slice(2));
    await restarted.close();
  });

  test("finds edited messages by their present text, and deleted ones not at all", async () => {
    const { owner, path, ids } = await roomOf("first wording", "second wording", "third wording");
    await owner.put(`${path}/${ids[0]}`, { body: "another text" });
    await owner.delete(`${path}/${ids[1]}`);
    expect(await found(owner, "wording")).toEqual(["third wording"]);
    expect(await found(owner, "another")).toEqual(["another text"]);
  });

  test("never shows a text that was edited or deleted a moment ago by its old words", async () => {
    const { owner, path, ids, groupId } = await roomOf("wrong one", "wrong two", "wrong three");
    await indexed(server.core.sql);
    const holder = await server.core.sql.reserve();
    await holder`begin`;
    await holder`select from feeds where room_id = ${groupId} for update`;
    await owner.put(`${path}/${ids[0]}`, { body: "right" });
    await owner.delete(`${path}/${ids[1]}`);
    expect(bodies(await owner.get("/search?query=wrong"))).toEqual(["wrong three"]);
    await holder`rollback`;
    holder.release();
  });

  test("can be narrowed to a room, a sender, a time, and to what messages have", async () => {
    const { owner, others, path, room, ids } = await roomOf("note one", "note two https://example.com/a");
    const elsewhere = await newGroup(server, 1);
    await others[0]!.post(path, { body: "note three" });
    await owner.post(`/groups/${elsewhere.groupId}/messages`, { body: "note elsewhere" });
    expect(await found(owner, { query: "note", room })).toEqual([
      "note three",
      "note two https://example.com/a",
      "note one",
    ]);
    expect(await found(owner, { query: "note", from: others[0]!.id })).toEqual(["note three"]);
    expect(await found(owner, { room, has: "link" })).toEqual(["note two https://example.com/a"]);
    expect(await found(owner, { room, has: "image" })).toEqual([]);
    expect(await found(owner, { from: others[0]!.id })).toEqual(["note three"]);
    const { data } = (await owner.get(path)).body;
    const sent = data.find(({ id }: Json) => id === ids[1]).created_at;
    expect(await found(owner, { query: "note", room, before: sent })).toEqual(["note one"]);
    expect(await found(owner, { query: "note", room, after: sent })).toHaveLength(2);
    expect(
      await found(owner, { query: "note", room, after: "2020-01-01T00:00:00Z", before: "2020-02-01T00:00:00Z" }),
    ).toEqual([]);
  });

  test("can be narrowed to any time of a history of years, whatever clocks differed by a few hours", async () => {
    const own = await startServer({ search: true });
    try {
      const { owner, groupId } = await newGroup(own, 1);
      const { sql } = own.core;
      const DAY = 24 * 3_600_000;
      // Half a month apart, in time and by many other messages' ids; each third one by a clock that was half a day ahead.
      const days = Array.from({ length: 24 }, (_, n) => n * 15 + (n % 3 === 0 ? 0.5 : 0));
      for (const n of days.keys()) {
        const { body } = await owner.post(`/groups/${groupId}/messages`, { body: `note ${n}` });
        await sql`update events set created_at = ${new Date(days[n]! * DAY + Date.UTC(2021, 0, 1)).toISOString()} where id = ${body.data.id}`;
        await sql`select setval(pg_get_serial_sequence('events', 'id'), ${body.data.id + 40_000})`;
      }
      await sql`delete from search`;
      await sql`delete from feeds`;
      await owner.post(`/groups/${groupId}/messages`, { body: "of today" });
      await indexed(sql);
      const at = (day: number) => new Date(day * DAY + Date.UTC(2021, 0, 1)).toISOString();
      for (const [after, before] of [
        [0, 15],
        [15, 15.2],
        [44, 46],
        [100, 200],
        [300, 400],
        [-10, 0.6],
        [345, 346],
      ] as [number, number][]) {
        const { body } = await owner.get(`/search?query=note&after=${at(after)}&before=${at(before)}`);
        const expected = [...days.keys()].filter((n) => days[n]! >= after && days[n]! < before);
        expect(bodies({ body }).toSorted()).toEqual(expected.map((n) => `note ${n}`).toSorted());
        const { body: since } = await owner.get(`/search?query=note&after=${at(after)}&limit=50`);
        expect(bodies({ body: since })).toHaveLength(days.filter((day) => day >= after).length);
        const { body: until } = await owner.get(`/search?query=note&before=${at(before)}&limit=50`);
        expect(bodies({ body: until })).toHaveLength(days.filter((day) => day < before).length);
      }
    } finally {
      await own.close();
    }
  });

  test("can be narrowed to what mentions oneself or all, or replies to oneself", async () => {
    const { owner, others, path, room, ids } = await roomOf("plain", "question");
    const [other] = others as [User];
    const mention = (type: string, more = {}) => [{ type, offset: 0, length: 3, ...more }];
    await other.post(path, { body: "you there", entities: mention("mention", { user_id: owner.id }) });
    await other.post(path, { body: "her there", entities: mention("mention", { user_id: other.id }) });
    await other.post(path, { body: "answer", reply_to: ids[1] });
    await other.post(path, { body: "all there", entities: mention("mention_all") });
    expect(await found(owner, { room, mentions: "me" })).toEqual(["all there", "answer", "you there"]);
    expect(await found(owner, { mentions: "me", query: "there" })).toEqual(["all there", "you there"]);
    expect(await found(other, { mentions: "me" })).toEqual([]);
  });

  test("takes nobody's words for a filter", async () => {
    const { owner, groupId } = await roomOf("about r:1 and has:link", "nothing of that");
    expect(await found(owner, `r:${groupId}`)).toEqual([]);
    expect(await found(owner, "h:link")).toEqual([]);
    expect(await found(owner, "has:link")).toEqual(["about r:1 and has:link"]);
    for (const query of ["' | 'w:nothing", "\\", "nothing:*", "!nothing & that", "nothing <-> that"])
      expect((await search(owner, { query: `${query} x1` })).status).toBe(200);
  });

  test("is refused without anything to look for, and with what is none", async () => {
    const { owner } = await roomOf("one");
    for (const query of ["", "?query=%20", "?query=%3F%21", `?query=${"x".repeat(201)}`, "?room=group:1"])
      expectInvalid(await owner.get(`/search${query}`), "query");
    expectInvalid(await owner.get("/search?query=a&room=7"), "room");
    expectInvalid(await owner.get("/search?query=a&from=me"), "from");
    expectInvalid(await owner.get("/search?query=a&has=fun"), "has");
    expectInvalid(await owner.get("/search?query=a&after=yesterday"), "after");
    expectInvalid(await owner.get("/search?query=a&cursor=x"), "cursor");
    expectRefusal(await server.call("GET", "/search?query=a"), 401, "unauthorized");
  });
});

describe("who finds what", () => {
  test("what is said in one's rooms, at the moment of asking, and nothing else", async () => {
    const { owner, others, path, room, groupId } = await roomOf("confidential plan");
    const [member] = others as [User];
    const stranger = await server.newUser();
    expect(await found(member, "confidential")).toEqual(["confidential plan"]);
    expect(await found(stranger, "confidential")).toEqual([]);
    expect(await found(stranger, { query: "confidential", room })).toEqual([]);
    await owner.delete(`/groups/${groupId}/members/${member.id}`);
    expect(await found(member, "confidential")).toEqual([]);
    expect(await found(member, { query: "confidential", room })).toEqual([]);
    await owner.post(`/groups/${groupId}/members`, { user_id: stranger.id });
    expect(await found(stranger, "confidential")).toEqual(["confidential plan"]);
    await owner.delete(path.replace("/messages", ""));
    expect(await found(owner, "confidential")).toEqual([]);
  });

  test("a room of the other kind is none of one's own", async () => {
    const { owner, groupId } = await roomOf("kind");
    expect(await found(owner, { query: "kind", room: `conversation:${groupId}` })).toEqual([]);
    expect(await found(owner, { query: "kind", room: "group:9007199254740993" })).toEqual([]);
  });

  test("the muted and the blocked find what they may read", async () => {
    const { owner, others, groupId } = await roomOf("readable");
    await owner.put(`/groups/${groupId}/members/${others[0]!.id}/mute`);
    expect(await found(others[0]!, "readable")).toEqual(["readable"]);
    const { ali, veli, conversationId } = await newPair(server);
    await ali.post(`/messages/${conversationId}`, { body: "before the quarrel" });
    await ali.put(`/blocks/${veli.id}`);
    expect(await found(veli, "quarrel")).toEqual(["before the quarrel"]);
  });
});

describe("a server", () => {
  test("with search off says that it does not search", async () => {
    const off = await startServer();
    const user = await off.newUser();
    expectRefusal(await user.get("/search?query=a"), 404, "not_found");
    await off.close();
  });

  test("takes ten searches a second of a user", async () => {
    const limited = await startServer({ search: true, rateLimits: true });
    const user = await limited.newUser();
    const statuses = await Promise.all(Array.from({ length: 25 }, () => user.get("/search?query=a")));
    expect(statuses.some(({ status }) => status === 429)).toBe(true);
    expect(statuses.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(20);
    await limited.close();
  });

  test("that is behind says that the answer is not complete", async () => {
    const { owner, path, groupId } = await roomOf("early");
    await indexed(server.core.sql);
    const holder = await server.core.sql.reserve();
    await holder`begin`;
    await holder`select from feeds where room_id = ${groupId} for update`;
    await owner.post(path, { body: "early too" });
    const answer = () => owner.get("/search?query=early");
    while ((await answer()).body.complete) await Bun.sleep(50);
    expect(bodies(await answer())).toEqual(["early"]);
    await holder`rollback`;
    holder.release();
    expect((await search(owner, { query: "early" })).body).toMatchObject({ complete: true });
  });
});
