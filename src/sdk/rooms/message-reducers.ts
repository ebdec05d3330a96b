// Messages: new, edited and deleted ones, of conversations and groups alike.
import { UNREAD_LIMIT } from "../../protocol/limits.ts";
import type { FrameOf, WireMessage } from "../wire.ts";
import { withHeldReactions, withQuoteOf } from "./held.ts";
import { isMessage } from "./message.ts";
import type { Reducer, Reducers } from "./reducer.ts";
import type { RoomInfo } from "./room-info.ts";

type MessageEventType = `${"" | "group."}message.${"new" | "updated" | "deleted"}`;
type MessageReducer = Reducer<FrameOf<MessageEventType>>;

const lastAfter = ({ last_message: last }: RoomInfo, message: WireMessage) =>
  last && (last.id === message.id ? withHeldReactions(message, last) : withQuoteOf(last, message));

const withMessage = (info: RoomInfo, message: WireMessage, at: string | null, unread_count: number) =>
  ({
    last_message: lastAfter(info, message),
    ...(at && at > info.last_activity_at && { last_activity_at: at }),
    unread_count,
  }) as Partial<RoomInfo>;

/** Whether a message mentions the user, or replies to them. */
const isFor = (meId: number, { entities, reply_to }: WireMessage) =>
  reply_to?.sender_id === meId ||
  entities?.some(({ type, user_id }) => type === "mention_all" || (type === "mention" && user_id === meId)) === true;

const updated: MessageReducer = {
  accepts: isMessage,
  info: (info, { data }) => withMessage(info, data, data.edited_at, info.unread_count),
  // Whether it mentioned the user before is not known.
  outdatesCount: (info, { data }, { meId, isUnread }) =>
    isUnread(data) && ((info.mention_count ?? 0) > 0 || isFor(meId, data)),
  apply: (room, { data }) => room.putMessage(data, false),
};

const created: MessageReducer = {
  accepts: isMessage,
  info(info, event, { meId, countedSeq, isUnread }) {
    const { data } = event;
    if (data.seq <= countedSeq) return withMessage(info, data, data.edited_at, info.unread_count);
    const counts = isUnread(data) && !data.deleted_at;
    const unread = counts ? Math.min(UNREAD_LIMIT, info.unread_count + 1) : info.unread_count;
    const mention_count = (info.mention_count ?? 0) + (counts && isFor(meId, data) ? 1 : 0);
    return {
      ...withMessage(info, data, data.created_at, unread),
      ...(mention_count > 0 && { mention_count: Math.min(UNREAD_LIMIT, mention_count) }),
      last_message: data,
    } as Partial<RoomInfo>;
  },
  apply: (room, { data }) => room.putMessage(data, true),
};

const deleted: MessageReducer = {
  ...updated,
  info(info, { data }, { isUnread }) {
    // At the limit, it is unknown whether one less changes the count.
    const counts = isUnread(data) && info.unread_count < UNREAD_LIMIT;
    return withMessage(info, data, data.deleted_at, counts ? Math.max(0, info.unread_count - 1) : info.unread_count);
  },
};

export const messageReducers: Reducers<MessageEventType> = {
  "message.new": created,
  "message.updated": updated,
  "message.deleted": deleted,
  "group.message.new": created,
  "group.message.updated": updated,
  "group.message.deleted": deleted,
};
