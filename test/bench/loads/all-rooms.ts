// One socket for everything: each person writes in twenty conversations over /ws.
import { againstFloor, type Bench, compare } from "../bench.ts";
import type { SocketPlan } from "../plan.ts";
import { makePeople, makeRing } from "../seed.ts";
import { Floor, type Person, type Subject } from "../subjects.ts";

const PEOPLE = 100;
export const ROOMS_EACH = 20;

export async function allRooms(bench: Bench) {
  const server = await bench.server();
  const people = await makePeople(server, PEOPLE);
  const roomsOf = await makeRing(server, people, ROOMS_EACH);
  for (const inFlight of [1, 10]) {
    const name = `/ws, 20 rooms a user, ${inFlight} in flight`;
    const socketsOn = (subject: Subject) =>
      people.map((person) => socketFor(subject, person, roomsOf.get(person)!, true));
    const pairs = await againstFloor(bench, name, (subject) => ({ sockets: socketsOn(subject), inFlight }));
    compare(bench, pairs, { name, unit: "messages/s", of: (round) => round.answered });
  }
}

/** A socket for all conversations of a person. The floor knows no members, and is told the rooms. */
export function socketFor(subject: Subject, person: Person, rooms: number[], sends: boolean): SocketPlan {
  const topics = rooms.map((room) => `conversation:${room}`).join(",");
  const path = `/ws?token=${subject.tokenOf(person)}${subject instanceof Floor ? `&rooms=${topics}` : ""}`;
  return { path, kind: "direct", rooms, sends, named: true };
}
