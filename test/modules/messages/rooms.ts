// A conversation or a group, seen alike: for what is promised of messages in both.
import { newGroup, newPair, type TestServer } from "../../support/harness.ts";

export const KINDS = ["conversation", "group"] as const;
export type Kind = (typeof KINDS)[number];

/** A room with two people in it and one outside; `path` is where its messages are. */
export async function newRoom(server: TestServer, kind: Kind) {
  const outsider = await server.newUser();
  if (kind === "conversation") {
    const { ali, veli, conversationId } = await newPair(server);
    return { author: ali, other: veli, outsider, id: conversationId, path: `/messages/${conversationId}` };
  }
  // The author is a plain member, so that nothing is owed to rank.
  const { others, groupId } = await newGroup(server, 3);
  const [author, other] = others;
  return { author: author!, other: other!, outsider, id: groupId, path: `/groups/${groupId}/messages` };
}

export type Room = Awaited<ReturnType<typeof newRoom>>;

/** The newest change's place in the room. */
export async function seqOf(server: TestServer, room: Room): Promise<number> {
  const [row] = await server.core.sql`select last_seq from rooms where id = ${room.id}`;
  return row!.last_seq;
}
