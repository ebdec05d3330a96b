// Groups: five people write, everyone reads.
import { againstFloor, type Bench, compare } from "../bench.ts";
import type { SocketPlan } from "../plan.ts";
import { atLeast, type Bar } from "../report.ts";
import { makeGroups, makePeople } from "../seed.ts";
import type { Store, Subject } from "../subjects.ts";

const SENDERS = 5;

export async function group(bench: Bench) {
  const server = await bench.server();
  const hundred = await prepareGroup(server, 100);
  await measure(bench, "group of 100, 1 in flight", hundred, 1);
  await measure(bench, "group of 100, 10 in flight", hundred, 10, atLeast(0.75, 0.95));
  const thousand = await prepareGroup(server, 1_000);
  await measure(bench, "group of 1,000, 1 in flight", thousand, 1);
}

/** A group of so many, five of whom write. */
export async function prepareGroup(store: Store, size: number): Promise<(subject: Subject) => SocketPlan[]> {
  const members = await makePeople(store, size);
  const [groupId] = await makeGroups(store, [members]);
  return (subject) =>
    members.map((member, index) => ({
      path: `/ws/groups/${groupId}?token=${subject.tokenOf(member)}`,
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
  bar?: Bar,
) {
  const pairs = await againstFloor(bench, name, (subject) => ({ sockets: socketsOn(subject), inFlight }));
  const of = (round: { deliveries: number | null }) => round.deliveries ?? 0;
  compare(bench, pairs, { name, unit: "deliveries/s", of, ...(bar && { bar }) });
}
