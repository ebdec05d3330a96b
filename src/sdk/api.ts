// Every HTTP call that a chat client makes, typed by the server's own schemas. What a call changes comes back as events on
// the socket; nothing here touches a store.
import { type Call, queryOf } from "./http.ts";
import type {
  Account,
  Answered,
  Ban,
  Block,
  Conversation,
  Friend,
  FriendRequest,
  Group,
  GroupEvent,
  Member,
  Page,
  Person,
  Role,
  RoomKey,
  WireMessage,
} from "./wire.ts";

/** Where a room's messages are. */
const messagesOf = (room: RoomKey) => {
  const [kind, id] = room.split(":");
  return kind === "group" ? `/groups/${id}/messages` : `/messages/${id}`;
};

export type Api = ReturnType<typeof createApi>;

export const createApi = (call: Call) => {
  const one = async <T>(...request: Parameters<Call>) => (await call<{ data: T }>(...request)).data;
  const done = async (...request: Parameters<Call>) => void (await call<Answered>(...request));
  return {
    me: () => one<Account>("GET", "/me"),
    changePassword: (currentPassword: string, newPassword: string) =>
      done("PUT", "/me/password", { current_password: currentPassword, new_password: newPassword }),
    logout: () => done("POST", "/logout"),
    searchUsers: (query: string, cursor?: string | null) =>
      call<Page<Person>>("GET", `/users${queryOf({ query, cursor })}`),

    friends: (cursor: string | null) => call<Page<Friend>>("GET", `/friends${queryOf({ cursor })}`),
    removeFriend: (userId: number) => done("DELETE", `/friends/${userId}`),
    requests: (direction: "incoming" | "outgoing", cursor: string | null) =>
      call<Page<FriendRequest>>("GET", `/friends/requests${queryOf({ direction, cursor })}`),
    requestFriend: (idOrName: number | string) =>
      one<FriendRequest>("POST", `/friends/requests/${encodeURIComponent(idOrName)}`),
    answerRequest: (requestId: number, answer: "accept" | "decline") =>
      one<FriendRequest>("POST", `/requests/${requestId}/${answer}`),
    cancelRequest: (requestId: number) => done("DELETE", `/requests/${requestId}`),
    blocks: (cursor: string | null) => call<Page<Block>>("GET", `/blocks${queryOf({ cursor })}`),
    block: (userId: number) => one<Block>("PUT", `/blocks/${userId}`),
    unblock: (userId: number) => done("DELETE", `/blocks/${userId}`),

    conversations: (cursor: string | null) => call<Page<Conversation>>("GET", `/conversations${queryOf({ cursor })}`),
    openConversation: async (userId: number) =>
      (await call<{ conversation_id: number }>("POST", `/conversations/${userId}`)).conversation_id,
    messages: (room: RoomKey, limit: number, before?: number) =>
      call<Page<WireMessage>>("GET", messagesOf(room) + queryOf({ limit, before })),
    editMessage: (room: RoomKey, messageId: number, body: string) =>
      one<WireMessage>("PUT", `${messagesOf(room)}/${messageId}`, { body }),
    deleteMessage: (room: RoomKey, messageId: number) => one<WireMessage>("DELETE", `${messagesOf(room)}/${messageId}`),

    groups: (cursor: string | null) => call<Page<Group>>("GET", `/groups${queryOf({ cursor })}`),
    publicGroups: (cursor?: string | null) => call<Page<Group>>("GET", `/groups/public${queryOf({ cursor })}`),
    searchGroups: (query: string, cursor?: string | null) =>
      call<Page<Group>>("GET", `/groups/public${queryOf({ query, cursor })}`),
    group: (groupId: number) => one<Group>("GET", `/groups/${groupId}`),
    createGroup: (group: { name: string; description?: string; is_private?: boolean }) =>
      one<Group>("POST", "/groups", group),
    updateGroup: (groupId: number, change: { name?: string; description?: string }) =>
      one<Group>("PUT", `/groups/${groupId}`, change),
    setVisibility: (groupId: number, isPrivate: boolean) =>
      one<Group>("PUT", `/groups/${groupId}/visibility`, { is_private: isPrivate }),
    deleteGroup: (groupId: number) => done("DELETE", `/groups/${groupId}`),
    joinGroup: (groupId: number) => one<Group>("POST", `/groups/${groupId}/join`),
    leaveGroup: (groupId: number) => done("POST", `/groups/${groupId}/leave`),
    groupEvents: (groupId: number, before?: number) =>
      call<Page<GroupEvent>>("GET", `/groups/${groupId}/events${queryOf({ before })}`),
    members: (groupId: number, cursor: string | null) =>
      call<Page<Member>>("GET", `/groups/${groupId}/members${queryOf({ cursor })}`),
    addMember: (groupId: number, userId: number) =>
      one<Member>("POST", `/groups/${groupId}/members`, { user_id: userId }),
    removeMember: (groupId: number, userId: number) => done("DELETE", `/groups/${groupId}/members/${userId}`),
    setRole: (groupId: number, userId: number, role: Role) =>
      one<Member>("PUT", `/groups/${groupId}/members/${userId}/role`, { role }),
    mute: (groupId: number, userId: number, until: string | null) =>
      one<Member>("PUT", `/groups/${groupId}/members/${userId}/mute`, { until }),
    unmute: (groupId: number, userId: number) => one<Member>("PUT", `/groups/${groupId}/members/${userId}/unmute`),
    bans: (groupId: number, cursor?: string | null) =>
      call<Page<Ban>>("GET", `/groups/${groupId}/bans${queryOf({ cursor })}`),
    ban: (groupId: number, userId: number, ban: { reason?: string; until?: string | null }) =>
      one<Ban>("PUT", `/groups/${groupId}/bans/${userId}`, ban),
    liftBan: (groupId: number, userId: number) => done("DELETE", `/groups/${groupId}/bans/${userId}`),
  };
};
