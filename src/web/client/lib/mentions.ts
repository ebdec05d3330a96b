// Who is mentioned by a name in a room.
import type { MentionOf } from "../../../markdown/index.ts";
import { can, MENTION_ALL_MEMBERS, type RoomInfo, type RoomMember, type RoomStore } from "../../../sdk/index.ts";

/** Members by their names, however they are capitalised, and `all` for those who may mention everyone. */
export function mentionsIn(room: RoomStore): MentionOf {
  let members: readonly RoomMember[] = [];
  let ids = new Map<string, number>();
  return (name) => {
    const snapshot = room.getSnapshot();
    if (snapshot.members !== members) {
      members = snapshot.members;
      ids = new Map(members.map(({ username, user_id }) => [username.toLowerCase(), user_id]));
    }
    return ids.get(name.toLowerCase()) ?? (name === "all" && mayMentionAll(snapshot.info) ? "all" : undefined);
  };
}

export const mayMentionAll = (info: RoomInfo | null) =>
  info?.kind === "group" && (can(info.role, "mentionAll") || info.member_count <= MENTION_ALL_MEMBERS);
