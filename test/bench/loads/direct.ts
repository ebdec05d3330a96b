// Direct messages: fifty conversations in which both sides write as fast as they are answered, and then at half of that rate.
import { alternate, type Bench, compare } from "../bench.ts";
import { median } from "../fleet.ts";
import type { SocketPlan } from "../plan.ts";
import { atLeast, atMost } from "../report.ts";
import { makeConversations, makePeople, type Person } from "../seed.ts";
import type { Server, Subject } from "../subjects.ts";

const CONVERSATIONS = 50;

/** A socket for each side of new conversations. */
export async function prepareConversations(server: Server): Promise<(subject: Subject) => SocketPlan[]> {
  const people = await makePeople(server, 2 * CONVERSATIONS);
  const pairs = Array.from({ length: CONVERSATIONS }, (_, i): [Person, Person] => [people[2 * i]!, people[2 * i + 1]!]);
  const ids = await makeConversations(server, pairs);
  return (subject) =>
    pairs.flatMap((pair, index) =>
      pair.map(({ id, token }) => ({
        path: `/ws/conversations/${ids[index]}?token=${subject.name === "floor" ? id : token}`,
        kind: "direct",
        rooms: [ids[index]!],
        sends: true,
        named: false,
      })),
    );
}

export async function direct(bench: Bench) {
  const socketsOn = await prepareConversations(bench.server);
  const measure = (name: string, inFlight: number, acks = false) =>
    alternate(bench, name, (subject) => ({ sockets: socketsOn(subject), inFlight, acks }));
  const unit = "messages/s";

  const one = await measure("direct, 1 in flight", 1);
  compare(bench, one, { name: "direct, 1 in flight", unit, of: (round) => round.messages, bar: atLeast(0.28, 0.45) });

  const ten = await measure("direct, 10 in flight", 10);
  compare(bench, ten, { name: "direct, 10 in flight", unit, of: (round) => round.messages, bar: atLeast(0.45, 0.7) });

  const acked = await measure("direct, 10 in flight, with ref", 10, true);
  compare(bench, acked, {
    name: "direct, 10 in flight, with ref and ack",
    unit,
    of: (round) => round.messages,
    bar: null,
  });

  const rate = Math.round(median(ten.map((pair) => pair.server.messages)) / 2);
  const paced = await alternate(bench, `direct at ${rate} messages/s`, (subject) => ({
    sockets: socketsOn(subject),
    inFlight: 0,
    rate,
  }));
  for (const { server, floor } of paced) {
    for (const round of [server, floor]) {
      if (round.messages < 0.98 * rate)
        bench.report.fault(`${round.subject} kept ${Math.round(round.messages)} of ${rate} messages/s`);
    }
  }
  const named = `at half of the highest rate (${rate}/s)`;
  compare(bench, paced, { name: `p50 ${named}`, unit: "ms", of: (round) => round.p50, bar: null });
  compare(bench, paced, { name: `p99 ${named}`, unit: "ms", of: (round) => round.p99, bar: atMost(4, 2) });
}
