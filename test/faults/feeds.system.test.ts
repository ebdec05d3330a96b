// A feed with much to do, on servers that are killed in the middle of it.
import { expect, test } from "bun:test";
import { faultsOfIndex, indexed } from "../support/search-index.ts";
import { ServerGroup } from "./server-group.ts";
import { connectTo } from "./stored.ts";

const ROOMS = 100;
// Of a room; every tenth was edited, and every tenth deleted.
const MESSAGES = 300;
const KILLS = 4;

test("what was never indexed is indexed whole by two servers that are killed in the middle of it", async () => {
  const group = await ServerGroup.create(2, "notify");
  group.trouble.mode = "lost";
  const sql = connectTo(await group.target());
  try {
    await Promise.all(group.servers.map((server) => server.end("SIGKILL")));
    await fill(sql);
    await group.revive();
    const rows = async () => (await sql<{ count: number }[]>`select count(*)::int as count from search`)[0]!.count;
    let isInterrupted = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const before = await rows();
      while ((await rows()) === before && before < ROOMS * MESSAGES * 0.7) await Bun.sleep(2);
      await group.servers[kill % 2]!.end("SIGKILL");
      if ((await rows()) < ROOMS * MESSAGES * 0.7) isInterrupted++;
      await group.revive();
    }
    expect(isInterrupted).toBeGreaterThan(0);
    await indexed(sql as never);
    expect(await faultsOfIndex(sql as never)).toEqual([]);
    // Deletions leave empty rows only until the feed has come to them.
    expect(await sql`select from search where words = ''`).toBeEmpty();
  } finally {
    await sql.end({ timeout: 1 });
    await group.remove();
  }
}, 120_000);

async function fill(sql: ReturnType<typeof connectTo>) {
  await sql`insert into users (username, username_key, email, email_key, password_hash) values ('ali', 'ali', 'ali', 'ali', '')`;
  await sql`insert into rooms (kind, last_seq) select 'group', ${MESSAGES * 2}::int from generate_series(1, ${ROOMS}::int)`;
  await sql`insert into groups (room_id, name, owner_id) select r.id, 'Room', u.id from rooms r, users u`;
  await sql`insert into members (room_id, user_id) select r.id, u.id from rooms r, users u`;
  await sql`insert into events (room_id, seq, kind, actor_id, body)
    select r.id, n, 'message', u.id, 'message ' || n || ' of ' || r.id
    from generate_series(1, ${MESSAGES}::int) n, rooms r, users u`;
  await sql`insert into events (room_id, seq, kind, actor_id, target_id)
    select e.room_id, ${MESSAGES}::int + e.seq, case e.seq % 10 when 1 then 'message.deleted' else 'message.updated' end, e.actor_id, e.id
    from events e`;
  await sql`update events set body = null, deleted_at = clock_timestamp() where kind = 'message' and seq % 10 = 1`;
  await sql`update events set body = body || ' edited', edited_at = clock_timestamp() where kind = 'message' and seq % 10 = 2`;
}
