// What a backup checks of the data that it copies, which may be that of a former version: it is taken before the upgrade.
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkContents } from "../../src/backup/check.ts";
import { dropUnfinished } from "../../src/backup/files.ts";
import { newPair, startServer } from "../support/harness.ts";

test("the data of a version that had no files yet is whole without any", async () => {
  const server = await startServer();
  const dir = await mkdtemp(join(tmpdir(), "chat-contents-"));
  const { sql } = server.core;
  const { ali, conversationId } = await newPair(server);
  await ali.post(`/messages/${conversationId}`, { body: "hello" });
  await sql`drop table file_uses, files`;
  await dropUnfinished(sql, dir);
  expect(await checkContents(sql, dir)).toEqual({ users: 2, rooms: 1, messages: 1, files: 0 });
  await rm(dir, { recursive: true });
  await server.close();
});
