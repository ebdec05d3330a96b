// Members of a group who show the same name: where one of them writes, the username says which.
import { nameOf, type RoomMember } from "../../../sdk/index.ts";

const foldedNameOf = (member: RoomMember) => nameOf(member).normalize("NFKC").toLowerCase().replaceAll(/\s/gu, "");

/** The ids of those whose name somebody else has as well, however it is written. */
export function namesakesIn(members: readonly RoomMember[]): ReadonlySet<number> {
  const first = new Map<string, number>();
  const found = new Set<number>();
  for (const member of members) {
    const name = foldedNameOf(member);
    const other = first.get(name);
    if (other === undefined) first.set(name, member.user_id);
    else found.add(other).add(member.user_id);
  }
  return found;
}
