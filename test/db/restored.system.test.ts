// `bun run db:restored`, the command that follows the restore of a backup.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { connect, newPair, startServer, type TestServer } from "../support/harness.ts";
import { databaseSettings } from "../support/main-process.ts";
import { replayed, resume } from "../support/resuming.ts";

const COMMAND = join(import.meta.dir, "../../src/restored.ts");

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ logLevel: "silent" });
});
afterAll(() => server.close());

async function restored() {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, JWT_SECRET: "s".repeat(32), ...databaseSettings(server.target) };
  const child = Bun.spawn([process.execPath, COMMAND], { cwd: "/", env, stdout: "pipe", stderr: "pipe" });
  const [printed, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, printed, errors };
}

test("it draws a new epoch and ends every session and link, also of a server that runs", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  await veli.post(`/messages/${conversationId}`, { body: "one" });
  const room = `conversation:${conversationId}`;
  const before = await replayed(await resume(server, ali, "/ws", { rooms: { [room]: 1 } }));
  await server.core.sql`
    insert into mail_tokens (token_hash, user_id, purpose, email, expires_at)
    values ('used-up-since', ${ali.id}, 'verify', 'mallory@example.com', now() + interval '1 day')`;
  const open = await (await connect(`${server.url}/ws?token=${ali.token}`)).ready();

  const { code, printed, errors } = await restored();
  expect([code, errors]).toEqual([0, ""]);
  expect(printed).toBe("The restored database has a new epoch. Sessions ended: 2; everyone must log in again.\n");
  expect(await open.closed).toEqual({ code: 1012, reason: "restarted" });
  // For a moment the server only knows that its history may be another one.
  let status: number;
  do ({ status } = await ali.get("/me"));
  while (status === 503);
  expect(status).toBe(401);

  // A link that was taken back since the backup opens nothing.
  expect(await server.core.sql`select 1 from mail_tokens`).toHaveLength(0);

  const fresh = await server.newUser();
  const { resumed } = await replayed(await resume(server, fresh, "/ws", { rooms: {} }));
  expect(resumed.data.epoch).not.toBe(before.resumed.data.epoch);
});
