// Many people react to one message at once: what that costs those who chat in other rooms meanwhile.
import { alternate, type Bench, compare } from "../bench.ts";
import { runRound } from "../fleet.ts";
import { atMost } from "../report.ts";
import { makeGroups, makePeople } from "../seed.ts";
import type { Person } from "../subjects.ts";
import { prepareConversations } from "./direct.ts";
import { every } from "./floods.ts";

const CHAT_RATE = 200;
const REACTIONS_A_SECOND = 500;
const PEOPLE = 500;
// So many of them at once.
const TICK_MS = 20;
const KEPT = 0.9;
const EMOJIS = ["👍", "❤️", "😂", "🎉"];

export async function reactions(bench: Bench) {
  const server = await bench.newServer("reacting");
  const { socketsOn } = await prepareConversations(server);
  const load = { sockets: socketsOn(server), inFlight: 0, rate: CHAT_RATE };
  const people = await makePeople(server, PEOPLE);
  const [groupId] = await makeGroups(server, [people]);
  const path = `${server.url}/groups/${groupId}/messages`;
  const sent = await call(people[0]!, "POST", path, { body: "We have a date!" });
  const message = `${path}/${((await sent.json()) as { data: { id: number } }).data.id}`;

  let done = 0;
  let turn = 0;
  /** The next one puts an emoji on the message, or takes it back. */
  const react = async () => {
    const number = turn++;
    const person = people[number % PEOPLE]!;
    const round = Math.floor(number / PEOPLE);
    const emoji = EMOJIS[(number + (round >> 1)) % EMOJIS.length]!;
    const url = `${message}/reactions/${encodeURIComponent(emoji)}`;
    const { status } = await call(person, round % 2 === 0 ? "PUT" : "DELETE", url);
    if (status === 200) done++;
    else bench.report.fault(`a reaction was answered with ${status}`);
  };
  const reacting = async (seconds: number) => {
    const stopper = new AbortController();
    const before = done;
    const began = performance.now();
    const storm = every(TICK_MS, stopper.signal, () =>
      Promise.all(Array.from({ length: (REACTIONS_A_SECOND * TICK_MS) / 1_000 }, react)),
    );
    const round = await runRound(server, load, seconds).finally(() => stopper.abort());
    await storm;
    const rate = ((done - before) * 1_000) / (performance.now() - began);
    if (rate < KEPT * REACTIONS_A_SECOND)
      bench.report.fault(`${Math.round(rate)} of ${REACTIONS_A_SECOND} reactions a second were answered`);
    return { ...round, subject: "reacting" };
  };
  const quiet = async (seconds: number) => ({ ...(await runRound(server, load, seconds)), subject: "quiet" });
  const name = `chat under ${REACTIONS_A_SECOND} reactions/s to one message`;
  const pairs = await alternate(bench, name, reacting, quiet);
  compare(bench, pairs, { name: `${name}: p50`, unit: "ms", of: ({ p50 }) => p50 });
  compare(bench, pairs, { name: "the same: p99", unit: "ms", of: ({ p99 }) => p99, bar: atMost(2, 1.5) });
  bench.report.note("reactions", `${done} answered`, { answered: done });
}

const call = ({ token }: Person, method: string, url: string, body?: object) =>
  fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
