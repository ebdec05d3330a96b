// The list of chats of somebody who is in five hundred, each with unread messages: the page that a client opens with, and all.
import type { Bench } from "../bench.ts";
import { readRound } from "../fleet.ts";
import { median } from "../round.ts";
import { makeConversations, makePeople, settleDatabase, storeMessages } from "../seed.ts";
import type { Person } from "../subjects.ts";

const ROOMS = 500;
const MESSAGES_EACH = 20;
const PAGE = 100;

export async function list(bench: Bench) {
  const server = await bench.server();
  const [owner, ...peers] = await makePeople(server, ROOMS + 1);
  const ids = await makeConversations(
    server,
    peers.map((peer): [Person, Person] => [owner!, peer]),
  );
  await storeMessages(server, ids, MESSAGES_EACH);
  await settleDatabase(server);
  const first = { path: `/conversations?limit=${PAGE}`, token: owner!.token };
  const calls = [first];
  for (let pages = 1; pages < ROOMS / PAGE; pages++) {
    const response = await fetch(server.url + calls.at(-1)!.path, {
      headers: { authorization: `Bearer ${first.token}` },
    });
    const { next_cursor } = (await response.json()) as { next_cursor: string };
    calls.push({ ...first, path: `${first.path}&cursor=${encodeURIComponent(next_cursor)}` });
  }
  const p50: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const opening = await readRound(server, { calls: [first], inFlight: 1, rows: PAGE, seconds: bench.seconds });
    bench.report.round("chat list of 500, first page", opening);
    p50.push(opening.p50);
    const all = await readRound(server, { calls, inFlight: 1, rows: PAGE, seconds: bench.seconds });
    bench.report.round("chat list of 500, all pages", all);
    whole.push((1_000 * calls.length) / all.answered);
  }
  const alone = { unit: "ms", base: null, against: "", ratio: null, bar: null, notes: [] };
  bench.report.add({ name: `chat list of ${ROOMS}: the first ${PAGE}, p50`, value: median(p50), ...alone });
  bench.report.add({ name: `chat list of ${ROOMS}: all, page by page`, value: median(whole), ...alone });
}
