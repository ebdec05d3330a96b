// Reading back what was said, by page or from a message on: the same in conversations and in groups.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectInvalid, expectRefusal, startServer, type TestServer, type User } from "../../support/harness.ts";
import { KINDS, newRoom } from "./rooms.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** A message's text is its number, from 1. */
const numbersOf = (answer: { body: { data: { body: string }[] } }) => answer.body.data.map(({ body }) => Number(body));
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe.each(KINDS)("history of a %s", (kind) => {
  const filled = async (count: number) => {
    const room = await newRoom(server, kind);
    const ids: number[] = [];
    for (let i = 1; i <= count; i++) ids.push((await room.author.post(room.path, { body: `${i}` })).body.data.id);
    return { ...room, ids };
  };
  const read = (user: User, path: string, query: string) => user.get(`${path}?${query}`);

  test("is empty in a new room", async () => {
    const { author, path } = await newRoom(server, kind);
    expect((await author.get(path)).body).toEqual({ data: [], next_cursor: null });
  });

  test("page 0 is the newest, oldest first inside; the last page is what is left, and past it there is nothing", async () => {
    const { other, path, ids } = await filled(7);
    const pages = await Promise.all([0, 1, 2, 3].map((page) => read(other, path, `page=${page}&limit=3`)));
    expect(pages.map(numbersOf)).toEqual([[5, 6, 7], [2, 3, 4], [1], []]);
    // The id to go on with by `before`.
    expect(pages.map(({ body }) => body.next_cursor)).toEqual([`${ids[4]}`, `${ids[1]}`, null, null]);
  });

  test("says that there is nothing more when a page ends exactly at the first message", async () => {
    const { author, path } = await filled(4);
    const { body } = await read(author, path, "page=1&limit=2");
    expect(body.data).toHaveLength(2);
    expect(body.next_cursor).toBeNull();
  });

  test("gives 100 unless told, and the page of a hundred that the seed asks for", async () => {
    const { author, path } = await newRoom(server, kind);
    for (let i = 1; i <= 102; i++) await author.post(path, { body: `${i}` });
    for (const query of ["", "?page=0", "?page=0&limit=100", "?limit=100"]) {
      expect(numbersOf(await author.get(`${path}${query}`))).toEqual(upTo(102, 3));
    }
    expect(numbersOf(await author.get(`${path}?page=1&limit=100`))).toEqual([1, 2]);
  });

  test("can be walked back with before, each message once", async () => {
    const { author, path, ids } = await filled(7);
    const walked: number[][] = [];
    for (let cursor: string | null = `${ids[6]}`; cursor !== null; ) {
      const answer = await read(author, path, `before=${cursor}&limit=2`);
      walked.push(numbersOf(answer));
      cursor = answer.body.next_cursor;
    }
    expect(walked).toEqual([
      [5, 6],
      [3, 4],
      [1, 2],
    ]);
  });

  test("can be opened around a message and walked both ways, each message once", async () => {
    const { author, path, ids } = await filled(9);
    const { body } = await read(author, path, `around=${ids[4]}&limit=4`);
    expect(numbersOf({ body })).toEqual([4, 5, 6, 7]);
    expect([body.next_cursor, body.previous_cursor]).toEqual([`${ids[3]}`, `${ids[6]}`]);
    expect(numbersOf(await read(author, path, `before=${body.next_cursor}`))).toEqual([1, 2, 3]);
    expect(numbersOf(await read(author, path, `after=${body.previous_cursor}`))).toEqual([8, 9]);
    // As lists are walked elsewhere: by the cursor, with the rest of the query unchanged.
    const older = await read(author, path, `around=${ids[4]}&limit=4&cursor=${body.next_cursor}`);
    expect([numbersOf(older), older.body.next_cursor]).toEqual([[1, 2, 3], null]);
  });

  test("around a message near either end says that there is nothing more there, and takes events between messages for nothing", async () => {
    const { author, path, ids } = await filled(4);
    await author.put(`${path}/${ids[1]}`, { body: "2" });
    await author.put(`${path}/${ids[1]}`, { body: "02" });
    const around = async (index: number, limit: number) => {
      const { body } = await read(author, path, `around=${ids[index]}&limit=${limit}`);
      return [numbersOf({ body }), body.next_cursor, body.previous_cursor];
    };
    expect(await around(0, 4)).toEqual([[1, 2, 3], null, `${ids[2]}`]);
    expect(await around(3, 4)).toEqual([[3, 4], `${ids[2]}`, null]);
    expect(await around(2, 1)).toEqual([[3], `${ids[2]}`, `${ids[2]}`]);
    expect(await around(1, 100)).toEqual([[1, 2, 3, 4], null, null]);
  });

  test("around a deleted message shows it emptied; one that is not in the room is not found", async () => {
    const { author, path, ids } = await filled(2);
    await author.delete(`${path}/${ids[0]}`);
    const { body } = await read(author, path, `around=${ids[0]}`);
    expect(body.data.map(({ body }: { body: string }) => body)).toEqual(["", "2"]);
    const elsewhere = await filled(1);
    expectRefusal(await read(author, path, `around=${elsewhere.ids[0]}`), 404, "not_found");
    expectRefusal(await read(elsewhere.author, path, `around=${ids[0]}`), 404, "not_found");
    expectRefusal(await read(author, path, `around=${ids[0]}&before=${ids[0]}`), 400, "bad_request");
  });

  test("can be walked forward with after, each message once, and picked up again", async () => {
    const { author, path, ids } = await filled(6);
    const walked: number[][] = [];
    for (let cursor: string | null = `${ids[0]}`; cursor !== null; ) {
      const answer = await read(author, path, `after=${cursor}&limit=2`);
      walked.push(numbersOf(answer));
      cursor = answer.body.next_cursor;
    }
    expect(walked).toEqual([[2, 3], [4, 5], [6]]);
    expect(numbersOf(await read(author, path, `after=${ids[5]}`))).toEqual([]);
    await author.post(path, { body: "7" });
    expect(numbersOf(await read(author, path, `after=${ids[5]}`))).toEqual([7]);
  });

  test("stays in place while messages come in, unlike pages", async () => {
    const { author, path } = await filled(4);
    const first = await read(author, path, "limit=2");
    for (const body of ["5", "6", "7"]) await author.post(path, { body });
    expect(numbersOf(await read(author, path, `before=${first.body.next_cursor}&limit=2`))).toEqual([1, 2]);
  });

  test("holds messages only: edits, deletions and members take no room in a page", async () => {
    const { author, path, ids } = await filled(4);
    for (const text of ["one", "two", "3"]) await author.put(`${path}/${ids[2]}`, { body: text });
    await author.delete(`${path}/${ids[3]}`);
    const newest = await read(author, path, "page=0&limit=2");
    expect(newest.body.data.map(({ id }: { id: number }) => id)).toEqual(ids.slice(2));
    expect(numbersOf(await read(author, path, "page=1&limit=2"))).toEqual([1, 2]);
    expect(numbersOf(await read(author, path, `after=${ids[0]}&limit=2`))).toEqual([2, 3]);
  });

  test("around a deleted message goes on as before", async () => {
    const { author, path, ids } = await filled(3);
    await author.delete(`${path}/${ids[1]}`);
    expect(numbersOf(await read(author, path, `before=${ids[1]}`))).toEqual([1]);
    expect(numbersOf(await read(author, path, `after=${ids[1]}`))).toEqual([3]);
  });

  test("from a message that is not of this room is empty", async () => {
    const [{ author, path }, elsewhere] = await Promise.all([filled(2), filled(1)]);
    for (const id of [elsewhere.ids[0], 999_999_999]) {
      for (const direction of ["before", "after"]) {
        expect((await read(author, path, `${direction}=${id}`)).body).toEqual({ data: [], next_cursor: null });
      }
    }
  });

  test("takes one way of saying where", async () => {
    const { author, path } = await newRoom(server, kind);
    for (const query of ["page=0&before=1", "page=0&after=1", "before=2&after=1"]) {
      expectRefusal(await read(author, path, query), 400, "bad_request");
    }
  });

  test.each([
    ["limit", ["1.5", "abc", "1e1", "", "%00", "0x10", " 5"]],
    ["page", ["1.5", "abc", "1e1", "NaN"]],
    ["before", ["0", "-1", "1.5", "abc", "1e3", "9007199254740993", "99999999999999999999"]],
    ["after", ["0", "-1", "1.5", "abc", "1e3", "9007199254740993", "99999999999999999999"]],
  ])("refuses a %s that is none", async (name, values) => {
    const { author, path } = await newRoom(server, kind);
    for (const value of values) expectInvalid(await read(author, path, `${name}=${value}`), name);
  });
});
