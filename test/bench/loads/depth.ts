// Whether it matters how much is stored: sends and pages of history with five million messages against five thousand, on two
// servers that differ in nothing else.
import { alternate, type Bench, compare } from "../bench.ts";
import { readRound, runRound } from "../fleet.ts";
import { atLeast, atMost } from "../report.ts";
import { settleDatabase, storeMessages } from "../seed.ts";
import type { Server } from "../subjects.ts";
import { CONVERSATIONS, type Conversations, prepareConversations } from "./direct.ts";

const FEW = 5_000;
const MANY = 5_000_000;
// A page as a screen wants one; with the hundred messages a room that few have, the middle still has a whole page before it.
const PAGE = 40;
const READING = 4;
// Places around the middle at which pages begin, so that not always the same rows are read.
const PLACES = 20;

interface Stored {
  server: Server;
  conversations: Conversations;
  /** Ids of messages around the middle of each conversation. */
  middles: number[][];
}

export async function depth(bench: Bench) {
  const few = await prepare(bench, "5 thousand", FEW);
  const many = await prepare(bench, "5 million", MANY);
  try {
    const sends = (stored: Stored) => (seconds: number) =>
      runRound(stored.server, { sockets: stored.conversations.socketsOn(stored.server), inFlight: 10 }, seconds);
    const pages = (path: (stored: Stored, room: number, turn: number) => string) => (stored: Stored) => {
      const { ids, pairs } = stored.conversations;
      const calls = Array.from({ length: ids.length * PLACES }, (_, turn) => ({
        path: path(stored, turn % ids.length, Math.floor(turn / ids.length)),
        token: pairs[turn % ids.length]![0].token,
      }));
      return (seconds: number) => readRound(stored.server, { calls, inFlight: READING, rows: PAGE, seconds });
    };
    const newest = pages(({ conversations }, room) => `/messages/${conversations.ids[room]}?limit=${PAGE}`);
    const middle = pages(
      ({ conversations, middles }, room, turn) =>
        `/messages/${conversations.ids[room]}?limit=${PAGE}&before=${middles[room]![turn % middles[room]!.length]}`,
    );
    // Pages first: sends add to both.
    for (const { name, page } of [
      { name: "newest page of history", page: newest },
      { name: "page by before= in the middle", page: middle },
    ]) {
      const pairs = await alternate(bench, name, page(many), page(few));
      compare(bench, pairs, { name: `${name}, p50`, unit: "ms", of: (round) => round.p50, bar: atMost(1.5, 1.1) });
    }
    const pairs = await alternate(bench, "sends, 10 in flight", sends(many), sends(few));
    compare(bench, pairs, {
      name: "sends with 5 million stored",
      unit: "messages/s",
      of: (round) => round.answered,
      bar: atLeast(0.8, 0.95),
    });
  } finally {
    await Promise.all([few.server.end(), many.server.end()]);
  }
}

async function prepare(bench: Bench, name: string, messages: number): Promise<Stored> {
  const server = await bench.newServer(name);
  const conversations = await prepareConversations(server);
  const began = performance.now();
  const each = messages / CONVERSATIONS;
  await storeMessages(server, conversations.ids, each);
  await settleDatabase(server);
  const { sql } = await server.open();
  const rows = await sql<{ ids: number[] }[]>`
    select array_agg(id order by seq) as ids from events
    where room_id = any (${conversations.ids}::bigint[])
      and seq > ${each}::int / 2 and seq <= ${each}::int / 2 + ${PLACES}::int
    group by room_id order by room_id`;
  // What it knew of the rooms from before is out of date, and a server that has run for years has been restarted.
  await server.restart();
  bench.report.note(
    name,
    `${messages.toLocaleString("en")} messages stored in ${((performance.now() - began) / 1000).toFixed(0)} s`,
    {},
  );
  return { server, conversations, middles: rows.map(({ ids }) => ids.map(Number)) };
}
