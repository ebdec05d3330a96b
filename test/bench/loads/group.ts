// Groups: five people write, everyone reads.
import { againstFloor, type Bench, compare } from "../bench.ts";
import type { SocketPlan } from "../plan.ts";
import { atLeast, type Bar } from "../report.ts";
import { makeGroups, makePeople } from "../seed.ts";
import type { Subject } from "../subjects.ts";

const SENDERS = 5;

export async function group(bench: Bench) {
  const hundred = await prepareGroup(bench, 100);
  await measure(bench, "group of 100, 1 in flight", hundred, 1);
  await measure(bench, "group of 100, 10 in flight", hundred, 10, atLeast(0.75, 0.95));
  const thousand = await prepareGroup(bench, 1_000);
  await measure(bench, "group of 1,000, 1 in flight", thousand, 1);
}

async function prepareGroup(bench: Bench, size: number): Promise<(subject: Subject) => SocketPlan[]> {
  const server = await bench.server();
  const members = await makePeople(server, size);
  const [groupId] = await makeGroups(server, [members]);
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
