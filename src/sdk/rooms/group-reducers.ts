// Changes of a group and of its members.
import type { FrameOf, Group, GroupEvent } from "../wire.ts";
import type { InfoContext, ReducedRoom, Reducer, Reducers } from "./reducer.ts";
import type { RoomEventKind } from "./room-event-item.ts";

type GroupEventType = GroupEvent["type"];
type MemberEvent = FrameOf<Extract<GroupEventType, `group.member.${string}`>>;

/** `change` returns the fields of the group that change. */
function memberReducer(
  kindOf: (data: MemberEvent["data"]) => RoomEventKind | null,
  change: (group: Group, data: MemberEvent["data"], context: InfoContext) => Partial<Group>,
  apply: (room: ReducedRoom, event: MemberEvent) => void = (room, { data }) => room.members.put(data),
): Reducer<MemberEvent> {
  return {
    accepts: ({ user_id }) => Number.isSafeInteger(user_id),
    info: (info, { data }, context) => (info.kind === "group" ? change(info, data, context) : {}),
    item({ data }) {
      const kind = kindOf(data);
      return kind && { kind, user: { id: data.user_id, username: data.username } };
    },
    apply(room, event) {
      apply(room, event);
      room.updateStates();
    },
  };
}

const isByThemselves = ({ actor_id, user_id }: MemberEvent["data"]) => actor_id === user_id;

/** The rights of one member are no activity of the group, and part of the info only for the user's own. */
const withOwnRights = (
  _: Group,
  { user_id, role, is_muted, muted_until }: MemberEvent["data"],
  { meId }: InfoContext,
) => (user_id === meId ? { role, is_muted, muted_until } : {});

export const groupReducers: Reducers<GroupEventType> = {
  "group.updated": {
    accepts: () => true,
    info(info, { data: { name, description, is_private, owner_id, at } }) {
      if (info.kind !== "group") return {};
      return { title: name, name, description, is_private, owner_id, last_activity_at: at };
    },
    item({ data: { changes, is_private } }) {
      const item = (kind: RoomEventKind) => ({ kind, user: null });
      if (changes?.includes("name")) return item("renamed");
      if (changes?.includes("description")) return item("described");
      if (changes?.includes("is_private")) return item(is_private ? "closed" : "opened");
      // The new owner's change of role is shown instead.
      return changes?.includes("owner_id") ? null : item("updated");
    },
  },
  "group.member.joined": memberReducer(
    (data) => (isByThemselves(data) ? "joined" : "added"),
    ({ member_count }, { at }) => ({ member_count: member_count + 1, last_activity_at: at }),
    (room, { seq, data }) => {
      room.members.put(data);
      // Earlier messages count as read for a new member.
      room.positions.advance(data.user_id, { readSeq: seq - 1, deliveredSeq: seq - 1 });
    },
  ),
  "group.member.left": memberReducer(
    (data) => (isByThemselves(data) ? "left" : data.banned ? "banned" : "removed"),
    ({ member_count }, { at }) => ({ member_count: member_count - 1, last_activity_at: at }),
    (room, { data: { user_id } }) => {
      room.members.remove(user_id);
      room.positions.remove(user_id);
      room.typingUsers.delete(user_id);
    },
  ),
  "group.member.role": memberReducer((data) => {
    if (data.role === "owner") return "owner";
    // The old owner's, after handing the group over.
    return isByThemselves(data) ? null : "role";
  }, withOwnRights),
  "group.member.muted": memberReducer(() => "muted", withOwnRights),
  "group.member.unmuted": memberReducer(() => "unmuted", withOwnRights),
};
