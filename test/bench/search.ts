// `bun run bench:search`: how long it takes to index many messages and to find some of them. Messages are stored by SQL, some at a time,
// indexed by the feed as they come, and searched over HTTP, one search after the other, on a server in this process. With `--chunks 1`
// all of them are there before the feed begins, as where search is turned on later: the index then has them room by room.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createServer } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { prepareDatabase } from "../../src/db/client.ts";
import { connect, type SqlClient } from "../../src/db/connect.ts";
import { chooseDataDir, startEmbedded } from "../../src/db/embedded/postgres.ts";
import { FeedWorker } from "../../src/feeds/feed-worker.ts";
import { searchFeed } from "../../src/feeds/search/feed.ts";
import { newDir } from "../support/server-process.ts";

const { values: options } = parseArgs({
  options: {
    messages: { type: "string", default: "1000000" },
    rooms: { type: "string", default: "10000" },
    chunks: { type: "string", default: "50" },
    rounds: { type: "string", default: "200" },
  },
});
const MESSAGES = Number(options.messages);
const ROOMS = Number(options.rooms);
const ROUNDS = Number(options.rounds);
const CHUNK = Math.ceil(MESSAGES / Number(options.chunks));
const VOCABULARY = 20_000;
// As many rooms as somebody may have who is everywhere, and somebody who is new.
const MANY_ROOMS = 252;
const FEW_ROOMS = 3;

/** Of the rooms of somebody who has many of them, and of the message that has a word of its own. */
const STEP = Math.floor(ROOMS / MANY_ROOMS);
const SINGULAR = Math.floor(MESSAGES / ROOMS / 3) * ROOMS + 100 * STEP - 1;

/** Nearly half of all messages have `the`, one in 10,000 `rarity`, one `singular`. Room n is of sender 10 + n % 90. */
async function prepare(sql: SqlClient) {
  await sql`insert into users (username, username_key, email, email_key, password_hash)
    select 'user' || n, 'user' || n, 'user' || n, 'user' || n, '' from generate_series(1, 100) n`;
  await sql`insert into rooms (kind) select 'group' from generate_series(1, ${ROOMS}::int)`;
  await sql`insert into groups (room_id, name, owner_id) select n, 'Room ' || n, 10 + n % 90 from generate_series(1, ${ROOMS}::int) n`;
  await sql`insert into members (room_id, user_id) select n, 10 + n % 90 from generate_series(1, ${ROOMS}::int) n
    union all select n * ${STEP}::int, 1 from generate_series(1, ${MANY_ROOMS}::int) n
    union all select n * ${Math.floor(ROOMS / (FEW_ROOMS + 1))}::int, 2 from generate_series(1, ${FEW_ROOMS}::int) n`;
  await sql`vacuum (analyze)`;
}

/** The messages from `first` on, numbered from 0. A word's rank is the inverse of its share, roughly as in a language. */
async function store(sql: SqlClient, first: number, count: number) {
  await sql`insert into events (room_id, seq, kind, actor_id, body, client_id, created_at)
    select n % ${ROOMS}::int + 1, n / ${ROOMS}::int + 1, 'message', 10 + n % 90,
      case when random() < 0.44 then 'the ' else '' end || case when n % 10000 = ${(100 * STEP - 1) % 10_000}::int then 'rarity ' else '' end
        || case when n = ${SINGULAR}::int then 'singular ' else '' end || words.text,
      gen_random_uuid(), clock_timestamp() - (${MESSAGES}::int - n) * interval '30 seconds'
    from generate_series(${first}::int, ${first + count - 1}::int) n
    cross join lateral (
      select string_agg('w' || to_hex((${VOCABULARY}::int ^ random())::int * 7919 % 1048576), ' ') as text
      from generate_series(1, 6 + n % 5)
    ) words`;
  await sql`update rooms r set last_seq = e.seq from (
    select room_id, max(seq) as seq from events where id > ${first}::int group by room_id) e where r.id = e.room_id`;
}

const base = await newDir();
const cluster = await startEmbedded(await chooseDataDir(join(base, "data")));
try {
  await cluster.createDatabase("search");
  const target = cluster.target("search");
  await prepareDatabase(target);
  const settings = {
    ...readConfig({}),
    port: 0,
    rateLimits: false,
    logLevel: "error" as const,
    jwtSecret: "s".repeat(32),
  };
  const storing = connect(target, { max: 1, name: "bench", settings: { statement_timeout: "0", lock_timeout: "0" } });
  await prepare(storing);
  const server = await createServer({ ...settings, search: true }, target);
  const { port } = server.listen();
  const { sql } = server.core;
  const wal = async () => {
    const [row] = await sql<{ bytes: number }[]>`select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as bytes`;
    return row!.bytes;
  };
  const worker = new FeedWorker(searchFeed, { sql, log: server.core.log, isBusy: () => false });
  const indexing = { ms: 0, walBytes: 0, cpuMs: 0 };
  for (let stored = 0; stored < MESSAGES; stored += CHUNK) {
    await store(storing, stored, Math.min(CHUNK, MESSAGES - stored));
    const [walBefore, startedAt, cpuBefore] = [await wal(), performance.now(), process.cpuUsage()];
    worker.sweep();
    for (let behind = true; behind; ) {
      await Bun.sleep(50);
      const rows = await sql`
        select 1 from rooms r left join feeds f on f.room_id = r.id where r.last_seq > coalesce(f.seq, 0) limit 1`;
      behind = rows.length > 0;
    }
    const cpu = process.cpuUsage(cpuBefore);
    indexing.ms += performance.now() - startedAt;
    indexing.cpuMs += (cpu.user + cpu.system) / 1000;
    indexing.walBytes += (await wal()) - walBefore;
  }
  const [sizes] = await sql<{ events: string; search: string; words: string }[]>`
    select pg_size_pretty(pg_total_relation_size('events')) as events, pg_size_pretty(pg_total_relation_size('search')) as search,
      pg_size_pretty(pg_relation_size('search_words')) as words`;
  const { ms, cpuMs, walBytes } = indexing;
  console.log(
    `${MESSAGES} messages in ${ROOMS} rooms, ${CHUNK} at a time: indexed in ${(ms / 1000).toFixed(0)} s (${Math.round((MESSAGES / ms) * 1000)} a second, ${Math.round((cpuMs * 1000) / MESSAGES)} µs of the server and ${Math.round(walBytes / MESSAGES)} bytes of WAL each)`,
  );
  console.log(`sizes: events ${sizes!.events}, search ${sizes!.search}, of this the index of words ${sizes!.words}\n`);
  await storing`vacuum (analyze) search`;
  await storing.end();
  await worker.close();

  const tokens = new Map<number, string>();
  for (const user of [1, 2]) tokens.set(user, (await server.core.sessions.create(user, "bench")).token);
  const [room] = await sql<
    { id: number }[]
  >`select room_id as id from members where user_id = 1 order by room_id offset 100 limit 1`;
  const searches: [name: string, user: number, query: string][] = [
    ["a word of 44 % of all messages", 1, "query=the"],
    ["the same, in one room", 1, `query=the&room=group:${room!.id}`],
    ["the same, of somebody in 3 rooms", 2, "query=the"],
    ["a word of 1 in 10,000", 1, "query=rarity"],
    ["a word of one message", 1, "query=singular"],
    ["a word that nobody said", 1, "query=nothingness"],
    ["two words", 1, "query=the+rarity"],
    ["the beginning of very many words", 1, "query=w"],
    ["the same, of somebody in 3 rooms", 2, "query=w"],
    ["a common word, from one sender", 1, "query=the&from=17"],
    [
      "a common word, before the last half",
      1,
      `query=the&before=${new Date(Date.now() - MESSAGES * 15_000).toISOString()}`,
    ],
  ];
  console.log(`${"search".padEnd(40)} ${"p50".padStart(8)} ${"p99".padStart(8)} ${"found".padStart(6)}  ms`);
  for (const [name, user, query] of searches) {
    const times: number[] = [];
    let [found, complete] = [0, true];
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now();
      const answer = await fetch(`http://127.0.0.1:${port}/search?${query}`, {
        headers: { authorization: `Bearer ${tokens.get(user)}` },
      });
      const body = (await answer.json()) as { data: unknown[]; complete: boolean };
      times.push(performance.now() - began);
      found = body.data.length;
      complete &&= body.complete;
      if (times.reduce((sum, time) => sum + time, 0) > 20_000 && round > 10) break;
    }
    times.sort((a, b) => a - b);
    const at = (share: number) =>
      times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1).padStart(8);
    console.log(
      `${name.padEnd(40)} ${at(0.5)} ${at(0.99)} ${String(found).padStart(6)}${complete ? "" : "  incomplete"}`,
    );
  }
  await server.close();
} finally {
  await cluster.stop();
  await rm(base, { recursive: true, force: true });
}
process.exit(0);
