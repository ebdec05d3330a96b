// A server of the last version that had to run alone, from this repository's history, and one of this version on one database: the
// former goes on while this one migrates and waits for it, and nothing is lost or doubled when this one takes over.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asUser, connect, newUser, type User } from "../support/client.ts";
import { createDatabase, dropDatabase } from "../support/cluster.ts";
import { databaseSettings, startMain } from "../support/main-process.ts";
import { findCluster } from "../support/setup.ts";

const FORMER = "68b31cd";
const ROOT = join(import.meta.dir, "../..");
const NAME = `former_${process.pid}`;

/** A shallow clone or an export does not have it. */
const hasFormer = (await Bun.$`git -C ${ROOT} cat-file -e ${FORMER}^{commit}`.quiet().nothrow()).exitCode === 0;
if (!hasFormer)
  console.warn(`Commit ${FORMER} is not in this clone's history: what it does beside this version was left out.`);

let base: string;
let settings: Record<string, string>;
const startFormer = () => startMain(settings, join(base, "src/main.ts"));

beforeAll(async () => {
  if (!hasFormer) return;
  base = await mkdtemp(join(tmpdir(), "former-version-"));
  await Bun.$`git -C ${ROOT} archive ${FORMER} | tar -x -C ${base}`.quiet();
  await symlink(join(ROOT, "node_modules"), join(base, "node_modules"));
  const target = await createDatabase({ ...(await findCluster()), template: "template0" }, NAME);
  settings = { ...databaseSettings(target), JWT_SECRET: "s".repeat(32), LOG_LEVEL: "error", RATE_LIMITS: "off" };
});
afterAll(async () => {
  if (!hasFormer) return;
  await dropDatabase((await findCluster()).admin, NAME);
  await rm(base, { recursive: true });
});

test.if(hasFormer)(
  "the former version serves on a schema that this one has migrated, hands over to it, and does not come back beside it",
  async () => {
    const former = startFormer();
    const before = await former.listening();
    const [ali, veli] = [await newUser(before), await newUser(before)];
    const conversationId = (await ali.post(`/conversations/${veli.id}`)).body.conversation_id as number;
    const path = `/messages/${conversationId}`;
    const send = (user: Pick<User, "post">, body: string, client_id = crypto.randomUUID()) =>
      user.post(path, { body, client_id });
    expect((await send(ali, "before the migration")).status).toBe(201);

    const current = startMain(settings);
    while (!current.printed().includes("is running on this database; waiting")) await Bun.sleep(10);
    const socket = await (await connect(`${before}/ws/conversations/${conversationId}?token=${veli.token}`)).ready();
    const client_id = crypto.randomUUID();
    const sent = await send(ali, "beside the newer version", client_id);
    expect(sent.status).toBe(201);
    expect((await socket.next("message.new")).data.body).toBe("beside the newer version");
    expect((await ali.put(`${path}/${sent.body.data.id}`, { body: "edited beside it" })).status).toBe(200);
    const { group_id } = (await ali.post("/groups", { name: "Weekend" })).body;
    expect((await ali.post(`/groups/${group_id}/members`, { user_id: veli.id })).status).toBe(201);
    expect((await ali.post(`/groups/${group_id}/messages`, { body: "Where to?" })).status).toBe(201);
    expect((await veli.put(`/groups/${group_id}/members/me/read`)).body.data.updated_count).toBe(1);
    const late = await newUser(before);
    expect((await late.get("/me")).status).toBe(200);

    expect((await former.stop()).code).toBe(0);
    const after = await current.listening();
    expect((await socket.closed).code).toBe(1001);
    const onCurrent = ({ token }: User) => asUser(after, token);
    expect((await onCurrent(late).get("/me")).status).toBe(200);
    // What its sender has seen no response to is sent again, and is there once.
    expect((await send(onCurrent(ali), "beside the newer version", client_id)).status).toBe(200);
    expect((await send(onCurrent(veli), "after it")).status).toBe(201);
    const history = (await onCurrent(ali).get(path)).body.data as { body: string }[];
    expect(history.map(({ body }) => body)).toEqual(["before the migration", "edited beside it", "after it"]);
    expect((await onCurrent(veli).get(`/groups/${group_id}`)).body.data).toMatchObject({
      role: "member",
      unread_count: 0,
    });

    const again = await startFormer().ended();
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringMatching(/^The database was last used by a newer version /),
    ]);
    expect((await onCurrent(ali).get("/me")).status).toBe(200);
    expect((await current.stop()).code).toBe(0);
  },
  60_000,
);
