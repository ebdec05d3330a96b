// How much one user may take, what is removed, and what another program has to say first.
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { existsSync } from "node:fs";
import * as disk from "node:fs/promises";
import { join } from "node:path";
import { holdRemovals } from "../../../src/files/removals.ts";
import { callRaw, createUpload, patchUpload, startFileServer, TUS, uploadForm } from "../../support/files.ts";
import { expectRefusal, newGroup, type User } from "../../support/harness.ts";

const QUOTA = 1_000_000;
let server: Awaited<ReturnType<typeof startFileServer>>;
beforeAll(async () => {
  server = await startFileServer({ fileQuota: QUOTA });
});
afterAll(() => server.close());

const dirOf = async (id: number) => {
  const { key } = (await server.core.files.find(id))!;
  return join(server.filesDir, key.slice(0, 2), key);
};
/** Makes a file as old as if nothing had happened to it for a day and an hour. */
const age = (id: number) =>
  server.core
    .sql`update files set touched_at = touched_at - interval '25 hours', used_at = used_at - interval '25 hours' where id = ${id}`;
const upload = async (user: User, text = "hello") =>
  (await uploadForm(server, user, new Blob([text]))).body.data.id as number;

test("files count against their owner's quota, unfinished ones with all that they will have", async () => {
  const user = await server.newUser();
  const first = await createUpload(server, user, QUOTA - 10);
  expect(first.status).toBe(201);
  expectRefusal(await createUpload(server, user, 11), 413, "quota");
  expect((await createUpload(server, user, 10)).status).toBe(201);
  await callRaw(server, user, "DELETE", first.headers.get("location")!);
  expect((await createUpload(server, user, 11)).status).toBe(201);
});

test("uploads that begin at once share what is left of the quota", async () => {
  const user = await server.newUser();
  const began = await Promise.all(Array.from({ length: 4 }, () => createUpload(server, user, QUOTA / 2)));
  expect(began.map(({ status }) => status).sort()).toEqual([201, 201, 413, 413]);
});

test("a user has at most 20 unfinished uploads", async () => {
  const user = await server.newUser();
  for (let i = 0; i < 20; i++) expect((await createUpload(server, user, 1)).status).toBe(201);
  const refused = await createUpload(server, user, 1);
  expectRefusal(refused, 429, "slow_down");
});

test("while the disk is nearly full uploads are unavailable, messages and files that are there are not", async () => {
  const { owner, groupId } = await newGroup(server, 1);
  const id = await upload(owner);
  const begun = (await createUpload(server, owner, 10)).headers.get("location")!;
  const full = spyOn(disk, "statfs").mockResolvedValue({ bavail: 49, blocks: 1_000 } as never);
  try {
    for (const refused of [
      await createUpload(server, owner, 10),
      await patchUpload(server, owner, begun, 0, "hello"),
      await uploadForm(server, owner, new Blob(["hello"])),
    ])
      expectRefusal(refused, 503, "unavailable");
    expect((await owner.post(`/groups/${groupId}/messages`, { body: "", attachments: [id] })).status).toBe(201);
    expect((await callRaw(server, owner, "GET", `/files/${id}/content`)).status).toBe(200);
    full.mockResolvedValue({ bavail: 50, blocks: 1_000 } as never);
    expect((await patchUpload(server, owner, begun, 0, "hello")).status).toBe(204);
  } finally {
    full.mockRestore();
  }
});

describe("the sweeper", () => {
  test("removes uploads without progress and files without a message after a day, and leaves the others", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const unfinished = Number((await createUpload(server, owner, 10)).headers.get("location")!.split("/")[1]);
    await patchUpload(server, owner, `files/${unfinished}`, 0, "hello");
    const [unused, used, fresh] = [await upload(owner), await upload(owner), await upload(owner)];
    await owner.post(`/groups/${groupId}/messages`, { body: "", attachments: [used] });
    const dirs = await Promise.all([unfinished, unused, used, fresh].map(dirOf));
    for (const id of [unfinished, unused, used]) await age(id);
    await server.core.files.sweep();
    expect(dirs.map((dir) => existsSync(dir))).toEqual([false, false, true, true]);
    for (const id of [unfinished, unused])
      expectRefusal(await callRaw(server, owner, "GET", `/files/${id}`), 404, "not_found");
    for (const id of [used, fresh])
      expect((await callRaw(server, owner, "GET", `/files/${id}/content`)).status).toBe(200);
  });

  test("removes the files of a deleted message and of a deleted group", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const [ofMessage, ofGroup] = [await upload(owner), await upload(owner)];
    const dirs = await Promise.all([ofMessage, ofGroup].map(dirOf));
    const sent = await owner.post(`/groups/${groupId}/messages`, { body: "", attachments: [ofMessage] });
    await owner.post(`/groups/${groupId}/messages`, { body: "", attachments: [ofGroup] });
    await owner.delete(`/groups/${groupId}/messages/${sent.body.data.id}`);
    await server.core.files.sweep();
    expect(dirs.map((dir) => existsSync(dir))).toEqual([false, true]);
    await owner.delete(`/groups/${groupId}`);
    // The purge runs on its own.
    while ((await server.core.files.find(ofGroup)) !== null) await Bun.sleep(20);
    await server.core.files.sweep();
    expect(existsSync(dirs[1]!)).toBe(false);
  });

  test("keeps the bytes of deleted files while a backup is made", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const id = await upload(owner);
    const dir = await dirOf(id);
    const sent = await owner.post(`/groups/${groupId}/messages`, { body: "", attachments: [id] });
    const backup = await server.core.sql.reserve();
    await holdRemovals(backup);
    await owner.delete(`/groups/${groupId}/messages/${sent.body.data.id}`);
    await server.core.files.sweep();
    expect(existsSync(dir)).toBe(true);
    await backup`select pg_advisory_unlock_all()`;
    backup.release();
    await server.core.files.sweep();
    expect(existsSync(dir)).toBe(false);
  });

  test("finds a file that a message had of which nothing is left", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const id = await upload(owner);
    const dir = await dirOf(id);
    await owner.post(`/groups/${groupId}/messages`, { body: "", attachments: [id] });
    // As two deletions leave it that each see the other one's use.
    await server.core.sql`delete from file_uses where file_id = ${id}`;
    await age(id);
    await server.core.files.sweep();
    expect(existsSync(dir)).toBe(false);
  });

  test("goes on with a file that a process left half done", async () => {
    const user = await server.newUser();
    const path = (await createUpload(server, user, 10)).headers.get("location")!;
    await patchUpload(server, user, path, 0, "01234");
    const id = Number(path.split("/")[1]);
    // As if it had ended after the last byte.
    const { key, parts } = (await server.core.files.find(id))!;
    const writer = await (await server.core.files.store()).create(key, "rest");
    await writer.write(new TextEncoder().encode("56789"));
    await writer.end();
    await server.core.sql`
      update files set parts = ${[...parts, "rest"]}, received = 10, state = 'checking', touched_at = now() - interval '1 hour'
      where id = ${id}`;
    const socket = await (await server.connect(user, "/ws")).ready();
    await server.core.files.sweep();
    expect((await socket.next("file.ready")).data).toMatchObject({ id, state: "ready", size: 10 });
    expect(new TextDecoder().decode((await callRaw(server, user, "GET", `${path}/content`)).bytes)).toBe("0123456789");
    await socket.close();
  });
});

test("what comes behind the deletion of a file, in a process that does not live on, goes with its row", async () => {
  const user = await server.newUser();
  const id = await upload(user);
  const dir = await dirOf(id);
  const { key } = (await server.core.files.find(id))!;
  await callRaw(server, user, "DELETE", `/files/${id}`);
  expect(existsSync(dir)).toBe(false);
  const writer = await (await server.core.files.store()).create(key, "late");
  await writer.write(new TextEncoder().encode("late"));
  await writer.end();
  await server.core.files.sweep();
  expect(existsSync(dir)).toBe(true);
  await age(id);
  await server.core.files.sweep();
  expect(existsSync(dir)).toBe(false);
  expect(await server.core.sql`select 1 from files where id = ${id}`).toHaveLength(0);
});

describe("a process that ended between the last byte of a file and processing it", () => {
  /** An upload as it is then. */
  async function abandoned(user: User) {
    const path = (await createUpload(server, user, 5)).headers.get("location")!;
    const id = Number(path.split("/")[1]);
    const { key } = (await server.core.files.find(id))!;
    const writer = await (await server.core.files.store()).create(key, "all");
    await writer.write(new TextEncoder().encode("01234"));
    await writer.end();
    await server.core.sql`update files set parts = '{all}', received = 5 where id = ${id}`;
    return { id, path };
  }

  test.each([
    ["its offset is asked for", (user: User, path: string) => callRaw(server, user, "HEAD", path, { headers: TUS })],
    ["it is looked at", (user: User, path: string) => callRaw(server, user, "GET", path)],
    ["another process starts", () => server.core.files.recover(0)],
  ])("leaves it to be processed when %s", async (_, ask) => {
    const user = await server.newUser();
    const { id, path } = await abandoned(user);
    await ask(user, `/${path}`);
    expect((await server.core.files.find(id))?.state).toBe("ready");
    expect(new TextDecoder().decode((await callRaw(server, user, "GET", `/${path}/content`)).bytes)).toBe("01234");
  });

  test("leaves nothing to take that another server may be at work on", async () => {
    const { id } = await abandoned(await server.newUser());
    await server.core.files.recover();
    expect((await server.core.files.find(id))?.state).toBe("uploading");
  });
});

test("a file that the store could not give is processed once it can", async () => {
  const user = await server.newUser();
  const path = `/${(await createUpload(server, user, 5)).headers.get("location")!}`;
  const id = Number(path.split("/")[2]);
  const store = await server.core.files.store();
  const object = spyOn(store, "object").mockImplementationOnce(() => {
    throw new Error("away");
  });
  const { status } = await patchUpload(server, user, path, 0, "01234");
  expect(object).toHaveBeenCalled();
  object.mockRestore();
  expect(status).toBe(204);
  while ((await server.core.files.find(id))?.state !== "ready") await Bun.sleep(20);
  expect(new TextDecoder().decode((await callRaw(server, user, "GET", `${path}/content`)).bytes)).toBe("01234");
});

describe("a file that another program checks", () => {
  const EICAR = "a virus";
  /** What the checker says of a file with this text. */
  const statusOf = (text: string) => (text.includes(EICAR) ? 422 : text.includes("later") ? 503 : 204);
  let isAway = false;
  const checker = Bun.serve({
    port: 0,
    fetch: async (request) => new Response(null, { status: isAway ? 503 : statusOf(await request.text()) }),
  });
  /** As ClamAV's daemon speaks. */
  const clamd = Bun.listen<{ got: Buffer[] }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => {
        socket.data = { got: [] };
      },
      data(socket, data) {
        socket.data.got.push(Buffer.from(data));
        const all = Buffer.concat(socket.data.got);
        if (!all.subarray(0, 10).equals(Buffer.from("zINSTREAM\0"))) return void socket.end("UNKNOWN COMMAND\0");
        const content: Buffer[] = [];
        for (let at = 10; at + 4 <= all.length; ) {
          const length = all.readUInt32BE(at);
          if (length === 0)
            return void socket.end(Buffer.concat(content).includes(EICAR) ? "stream: Eicar FOUND\0" : "stream: OK\0");
          content.push(all.subarray(at + 4, at + 4 + length));
          at += 4 + length;
        }
      },
    },
  });
  afterAll(() => {
    void checker.stop(true);
    clamd.stop(true);
  });

  test.each(["http", "clamd"])("over %s is refused to everybody, or passes", async (protocol) => {
    const fileCheckUrl = protocol === "http" ? checker.url.href : `clamd://127.0.0.1:${clamd.port}`;
    const checked = await startFileServer({ fileCheckUrl });
    const user = await checked.newUser();
    const socket = await (await checked.connect(user, "/ws")).ready();
    const good = await uploadForm(checked, user, new Blob(["a picture"]));
    expect(good.body.data.state).toBe("ready");
    expect((await socket.next("file.ready")).data).toEqual(good.body.data);
    const bad = await uploadForm(checked, user, new Blob([`here is ${EICAR}`]));
    expect([bad.status, bad.body.data.state]).toEqual([201, "refused"]);
    expect((await socket.next("file.refused")).data).toEqual(bad.body.data);
    expectRefusal(await callRaw(checked, user, "GET", `/files/${bad.body.data.id}/content`), 404, "not_found");
    await checked.close();
  });

  test("waits while that program is away, and can't be sent meanwhile", async () => {
    isAway = true;
    const checked = await startFileServer({ fileCheckUrl: checker.url.href });
    const { owner, groupId } = await newGroup(checked, 1);
    const waiting = await uploadForm(checked, owner, new Blob(["a picture"]));
    const { id } = waiting.body.data;
    expect(waiting.body.data.state).toBe("checking");
    expectRefusal(await callRaw(checked, owner, "GET", `/files/${id}/content`), 404, "not_found");
    expectRefusal(await owner.post(`/groups/${groupId}/messages`, { body: "", attachments: [id] }), 409, "not_ready");
    isAway = false;
    await checked.core.sql`update files set touched_at = now() - interval '3 minutes'`;
    await checked.core.files.sweep();
    expect((await owner.post(`/groups/${groupId}/messages`, { body: "", attachments: [id] })).status).toBe(201);
    await checked.close();
  });
});
