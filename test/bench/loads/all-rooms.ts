// One socket for everything: each person writes in twenty conversations over /ws.
import { alternate, type Bench, compare } from "../bench.ts";
import type { SocketPlan } from "../plan.ts";
import { makeConversations, makePeople, type Person } from "../seed.ts";
import type { Server, Subject } from "../subjects.ts";

const PEOPLE = 100;
// Each with the next ten in a ring, so that everybody is in twenty.
const NEIGHBOURS = 10;

export async function allRooms(bench: Bench) {
  const socketsOn = await prepare(bench.server);
  for (const inFlight of [1, 10]) {
    const name = `/ws with 20 rooms a user, ${inFlight} in flight`;
    const pairs = await alternate(bench, name, (subject) => ({ sockets: socketsOn(subject), inFlight }));
    compare(bench, pairs, { name, unit: "messages/s", of: (round) => round.messages, bar: null });
  }
}

async function prepare(server: Server): Promise<(subject: Subject) => SocketPlan[]> {
  const people = await makePeople(server, PEOPLE);
  const places = people.flatMap((_, index) =>
    Array.from({ length: NEIGHBOURS }, (_, step) => [index, (index + step + 1) % PEOPLE] as const),
  );
  const pairs = places.map(([a, b]): [Person, Person] => [people[a]!, people[b]!]);
  const ids = await makeConversations(server, pairs);
  const roomsOf = people.map((_, index) => ids.filter((_, room) => places[room]!.includes(index)));
  return (subject) =>
    people.map(({ id, token }, index) => {
      const rooms = roomsOf[index]!;
      const topics = rooms.map((room) => `conversation:${room}`).join(",");
      const path = subject.name === "floor" ? `/ws?token=${id}&rooms=${topics}` : `/ws?token=${token}`;
      return { path, kind: "direct", rooms, sends: true, named: true };
    });
}
