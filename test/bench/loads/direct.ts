// Direct messages: fifty conversations in which both sides write as fast as they are answered, and then at half of that rate.
import { againstFloor, type Bench, compare, type Pair } from "../bench.ts";
import type { SocketPlan } from "../plan.ts";
import { atLeast, atMost } from "../report.ts";
import { median } from "../round.ts";
import { makeConversations, makePeople } from "../seed.ts";
import type { Person, Store, Subject } from "../subjects.ts";

export const CONVERSATIONS = 50;
// A rate counts as kept when this share of it was answered in time.
const KEPT = 0.98;

export interface Conversations {
  ids: number[];
  pairs: [Person, Person][];
  /** A socket for each side of each, both of which write. */
  socketsOn(subject: Subject): SocketPlan[];
}

export async function prepareConversations(store: Store): Promise<Conversations> {
  const people = await makePeople(store, 2 * CONVERSATIONS);
  const pairs = Array.from({ length: CONVERSATIONS }, (_, i): [Person, Person] => [people[2 * i]!, people[2 * i + 1]!]);
  const ids = await makeConversations(store, pairs);
  const socketsOn = (subject: Subject) =>
    pairs.flatMap((pair, index) =>
      pair.map((person): SocketPlan => {
        const path = `/ws/conversations/${ids[index]}?token=${subject.tokenOf(person)}`;
        return { path, kind: "direct", rooms: [ids[index]!], sends: true, named: false };
      }),
    );
  return { ids, pairs, socketsOn };
}

export async function direct(bench: Bench) {
  const { socketsOn } = await prepareConversations(await bench.server());
  const messages = { unit: "messages/s", of: (round: { answered: number }) => round.answered };
  const measure = (name: string, inFlight: number, acks = false) =>
    againstFloor(bench, name, (subject) => ({ sockets: socketsOn(subject), inFlight, acks }));

  const one = await measure("direct, 1 in flight", 1);
  compare(bench, one, { name: "direct, 1 in flight", ...messages, bar: atLeast(0.28, 0.45) });
  const ten = await measure("direct, 10 in flight", 10);
  compare(bench, ten, { name: "direct, 10 in flight", ...messages, bar: atLeast(0.45, 0.7) });
  const acked = await measure("direct, 10 in flight, acks", 10, true);
  compare(bench, acked, { name: "direct, 10 in flight, with ref and ack", ...messages });

  const rate = Math.round(median(ten.map(({ ours }) => ours.answered)) / 2);
  const paced = await againstFloor(bench, `direct at ${rate}/s`, (subject) => ({
    sockets: socketsOn(subject),
    inFlight: 0,
    rate,
  }));
  requireRate(bench, paced, rate);
  const p50 = { name: `direct at ${rate}/s, half of the highest: p50`, unit: "ms" };
  compare(bench, paced, { ...p50, of: (round) => round.p50 });
  compare(bench, paced, { ...p50, name: "the same: p99", of: (round) => round.p99, bar: atMost(4, 2) });
}

function requireRate({ report }: Bench, pairs: Pair[], rate: number) {
  for (const { subject, answered } of pairs.flatMap(({ ours, base }) => [ours, base])) {
    if (answered < KEPT * rate) report.fault(`${subject} answered ${Math.round(answered)} of ${rate} messages/s`);
  }
}
