// `bun test/bench/cost.ts [DIR …]`: what a plain message costs the database, in WAL bytes, statements and buffers, for batches of 1,
// 30 and 500; of this version, and of those checked out in the directories (with their packages installed). Counted, so that it is
// the same on a busy machine.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import type { SqlClient } from "../../src/db/client.ts";
import type { NewMessage } from "../../src/timeline/append.ts";
import { newDir, OURS } from "../support/server-process.ts";

const BATCHES = [1, 30, 500];
// Of each size, so many messages: enough for the first touch of a page after a checkpoint to weigh little.
const MESSAGES = 3_000;
const PAIRS = 250;

interface Cost {
  walBytes: number;
  statements: number;
  buffers: number;
}

type Source = Pick<typeof import("../../src/db/embedded/postgres.ts"), "chooseDataDir" | "startEmbedded"> &
  Pick<typeof import("../../src/db/client.ts"), "prepareDatabase"> &
  Pick<typeof import("../../src/timeline/append.ts"), "appendMessages">;

async function sourceOf(checkout: string): Promise<Source> {
  const load = (file: string) => import(join(checkout, "src", file));
  // (Where earlier versions have it.)
  const embedded = await load("db/embedded/postgres.ts").catch(() => load("db/embedded.ts"));
  return { ...embedded, ...(await load("db/client.ts")), ...(await load("timeline/append.ts")) };
}

async function measure(checkout: string): Promise<Cost[]> {
  const { chooseDataDir, startEmbedded, prepareDatabase, appendMessages } = await sourceOf(checkout);
  const base = await newDir();
  const cluster = await startEmbedded(await chooseDataDir(join(base, "data")));
  try {
    await cluster.createDatabase("cost");
    const target = cluster.target("cost");
    await prepareDatabase(target);
    const { socket, ...login } = target;
    let statements = 0;
    const sql = postgres({
      ...login,
      path: socket,
      max: 1,
      onnotice: () => {},
      debug: () => void statements++,
      types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    }) as unknown as SqlClient;
    await fill(sql);
    const append = (size: number, first: number) =>
      appendMessages(sql, batchOf(size, first), ({ senderId }) => ({ id: senderId + 1, isReached: true }));
    // The first ones make the plans and the first pages.
    for (const size of BATCHES) for (let i = 0; i < 3; i++) await append(size, i);
    const costs: Cost[] = [];
    for (const size of BATCHES) {
      await sql`checkpoint`;
      const before = await counters(sql);
      statements = 0;
      for (let sent = 0; sent < MESSAGES; sent += size) await append(size, sent);
      const count = Math.ceil(MESSAGES / size) * size;
      const sentStatements = statements;
      const after = await counters(sql);
      costs.push({
        walBytes: (after.wal - before.wal) / count,
        statements: sentStatements / count,
        buffers: (after.buffers - before.buffers) / count,
      });
    }
    await sql.end();
    return costs;
  } finally {
    await cluster.stop();
    await rm(base, { recursive: true, force: true });
  }
}

/** Conversation n is between the people 2n - 1 and 2n. */
async function fill(sql: SqlClient) {
  await sql`insert into users (username, username_key, email, email_key, password_hash)
    select 'user' || n, 'user' || n, 'user' || n, 'user' || n, '' from generate_series(1, ${2 * PAIRS}::int) n`;
  await sql`insert into rooms (kind) select 'direct' from generate_series(1, ${PAIRS}::int)`;
  await sql`insert into conversations (room_id, user_low, user_high)
    select n, 2 * n - 1, 2 * n from generate_series(1, ${PAIRS}::int) n`;
  await sql`insert into members (room_id, user_id)
    select room_id, user_low from conversations union all select room_id, user_high from conversations`;
  await sql`alter table events set (autovacuum_enabled = off)`;
  await sql`alter table rooms set (autovacuum_enabled = off)`;
  await sql`vacuum (analyze)`;
}

function batchOf(size: number, first: number): NewMessage[] {
  return Array.from({ length: size }, (_, i) => {
    const roomId = ((first + i) % PAIRS) + 1;
    return {
      roomId,
      kind: "direct",
      senderId: 2 * roomId - 1,
      senderName: "",
      body: "A message of a usual length, as people write it.",
      clientId: crypto.randomUUID(),
    };
  });
}

async function counters(sql: SqlClient): Promise<{ wal: number; buffers: number }> {
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await sql<{ wal: number; buffers: number }[]>`
    select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as wal, (
      select sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read, 0) + coalesce(idx_blks_hit, 0))::float8
      from pg_statio_user_tables) as buffers`;
  return row!;
}

for (const checkout of [OURS.checkout, ...process.argv.slice(2)]) {
  console.log(`\n${checkout}\n batch  WAL bytes  statements  buffers  (a message)`);
  for (const [i, { walBytes, statements, buffers }] of (await measure(checkout)).entries()) {
    console.log(
      `${String(BATCHES[i]).padStart(6)} ${walBytes.toFixed(1).padStart(10)} ${statements.toFixed(4).padStart(11)} ${buffers.toFixed(3).padStart(8)}`,
    );
  }
}
process.exit(0);
