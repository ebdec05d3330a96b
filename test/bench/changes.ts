// `bun test/bench/changes.ts [DIR …]`: what edits cost when 1, 30 or 500 people edit at once, in time, commits and WAL bytes an edit;
// of this version, and of those checked out in the directories (with their packages installed). The versions take turns in each
// round, so that whatever else the machine does hits all of them; the last column is the median over the rounds of the ratio of
// their times.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { SqlClient } from "../../src/db/client.ts";
import { newDir, OURS } from "../support/server-process.ts";
import { median } from "./round.ts";

const AT_ONCE = [1, 30, 500];
const EDITS = 500;
const ROUNDS = 7;
/** Each with a message of the first one's. */
const PAIRS = 500;

type Source = Pick<typeof import("../../src/db/embedded/postgres.ts"), "chooseDataDir" | "startEmbedded"> &
  Pick<typeof import("../../src/db/client.ts"), "prepareDatabase"> &
  Pick<typeof import("../../src/app.ts"), "createServer"> &
  Pick<typeof import("../../src/config.ts"), "readConfig">;

interface Cost {
  micros: number;
  commits: number;
  walBytes: number;
}

interface Subject {
  checkout: string;
  measure(atOnce: number): Promise<Cost>;
  close(): Promise<void>;
}

async function open(checkout: string): Promise<Subject> {
  const load = (file: string) => import(join(checkout, "src", file));
  const files = ["db/embedded/postgres.ts", "db/client.ts", "app.ts", "config.ts"];
  const source: Source = Object.assign({}, ...(await Promise.all(files.map(load))));
  const base = await newDir();
  const cluster = await source.startEmbedded(await source.chooseDataDir(join(base, "data")));
  await cluster.createDatabase("changes");
  const target = cluster.target("changes");
  await source.prepareDatabase(target);
  const config = { ...source.readConfig({}), rateLimits: false, jwtSecret: "s".repeat(32), queueTimeoutMs: 60_000 };
  const server = await source.createServer(config, target);
  const { core } = server;
  await fill(core.sql);
  let edits = 0;
  const edited = (pair: number, body: string) => {
    const room = { kind: "direct" as const, id: pair };
    return core.timeline.change({ kind: "message.updated", room, userId: 2 * pair - 1, messageId: pair, body });
  };
  /** Everybody edits, one edit after the other, until all edits are done. */
  const edit = async (atOnce: number) => {
    let left = EDITS;
    const one = async (pair: number) => {
      while (left-- > 0) await edited(pair, `edit ${++edits}`);
    };
    await Promise.all(Array.from({ length: atOnce }, (_, i) => one(i + 1)));
  };
  await edit(PAIRS);
  return {
    checkout,
    async measure(atOnce) {
      await core.sql`checkpoint`;
      const before = await counters(core.sql);
      const startedAt = performance.now();
      await edit(atOnce);
      const micros = (1_000 * (performance.now() - startedAt)) / EDITS;
      const after = await counters(core.sql);
      const [{ commits } = { commits: 0 }] = await core.sql<{ commits: number }[]>`
        select count(distinct xmin::text)::int as commits from events where id > ${before.id}`;
      return { micros, commits: commits / EDITS, walBytes: (after.wal - before.wal) / EDITS };
    },
    async close() {
      await server.close();
      await cluster.stop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** Conversation n is between the people 2n - 1 and 2n; message n is in it. */
async function fill(sql: SqlClient) {
  await sql`insert into users (username, username_key, email, email_key, password_hash)
    select 'user' || n, 'user' || n, 'user' || n, 'user' || n, '' from generate_series(1, ${2 * PAIRS}::int) n`;
  await sql`insert into rooms (kind, last_seq) select 'direct', 1 from generate_series(1, ${PAIRS}::int)`;
  await sql`insert into conversations (room_id, user_low, user_high)
    select n, 2 * n - 1, 2 * n from generate_series(1, ${PAIRS}::int) n`;
  await sql`insert into members (room_id, user_id)
    select room_id, user_low from conversations union all select room_id, user_high from conversations`;
  await sql`insert into events (room_id, seq, kind, actor_id, body, client_id)
    select n, 1, 'message', 2 * n - 1, 'hello', gen_random_uuid() from generate_series(1, ${PAIRS}::int) n`;
  await sql`alter table events set (autovacuum_enabled = off)`;
  await sql`vacuum (analyze)`;
}

async function counters(sql: SqlClient): Promise<{ wal: number; id: number }> {
  const [row] = await sql<{ wal: number; id: number }[]>`
    select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as wal, (select max(id) from events) as id`;
  return row!;
}

const subjects: Subject[] = [];
try {
  for (const checkout of [OURS.checkout, ...process.argv.slice(2)]) subjects.push(await open(checkout));
  console.log(" at once   µs an edit  commits  WAL bytes   time against the first");
  for (const atOnce of AT_ONCE) {
    const rounds: Cost[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const costs: Cost[] = [];
      for (const subject of subjects) costs.push(await subject.measure(atOnce));
      rounds.push(costs);
    }
    for (const [i, { checkout }] of subjects.entries()) {
      const of = (figure: keyof Cost) => median(rounds.map((costs) => costs[i]![figure]));
      const ratio = median(rounds.map((costs) => costs[i]!.micros / costs[0]!.micros));
      console.log(
        `${String(atOnce).padStart(8)} ${of("micros").toFixed(0).padStart(12)} ${of("commits").toFixed(3).padStart(8)} ${of("walBytes").toFixed(0).padStart(10)} ${ratio.toFixed(2).padStart(12)}  ${checkout}`,
      );
    }
  }
} finally {
  for (const subject of subjects) await subject.close();
}
process.exit(0);
