// Groups: five people write, everyone reads.
import type { Bench } from "../bench.ts";
import { alternate, compare } from "../bench.ts";
import type { SocketPlan } from "../plan.ts";
import { atLeast, type Bar } from "../report.ts";
import { makeGroups, makePeople } from "../seed.ts";
import type { Server, Subject } from "../subjects.ts";

const SENDERS = 5;

export async function group(bench: Bench) {
  const hundred = await prepareGroup(bench.server, 100);
  await measure(bench, "group of 100, 1 in flight", hundred, 1, null);
  await measure(bench, "group of 100, 10 in flight", hundred, 10, atLeast(0.75, 0.95));
  const thousand = await prepareGroup(bench.server, 1_000);
  await measure(bench, "group of 1,000, 1 in flight", thousand, 1, null);
}

async function prepareGroup(server: Server, size: number): Promise<(subject: Subject) => SocketPlan[]> {
  const members = await makePeople(server, size);
  const [groupId] = await makeGroups(server, [members]);
  return (subject) =>
    members.map(({ id, token }, index) => ({
      path: `/ws/groups/${groupId}?token=${subject.name === "floor" ? id : token}`,
      kind: "group",
      rooms: [groupId!],
      sends: index < SENDERS,
      named: false,
    }));
}

async function measure(
  bench: Bench,
  name: string,
  socketsOn: (subject: Subject) => SocketPlan[],
  inFlight: number,
  bar: Bar | null,
) {
  const pairs = await alternate(bench, name, (subject) => ({ sockets: socketsOn(subject), inFlight }));
  compare(bench, pairs, { name, unit: "deliveries/s", of: (round) => round.deliveries, bar });
}
