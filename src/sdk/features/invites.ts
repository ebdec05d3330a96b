// Links by which people join a group.
import type { Api } from "../api.ts";
import { newId } from "../id.ts";
import type { RoomStore } from "../rooms/room-store.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { Invite, Page } from "../wire.ts";

/** Each method throws ChatError. All but `join` are for admins of the group. */
export interface Invites {
  /** Those that have not run out, newest first. */
  list(groupId: number, cursor?: string | null): Promise<Page<Invite>>;
  /** Good for seven days and any number of people, unless told otherwise; `expires_at` is an ISO 8601 time. */
  create(groupId: number, invite?: { expires_at?: string; max_uses?: number }): Promise<Invite>;
  revoke(groupId: number, code: string): Promise<void>;
  /** Joins the group of an invite, or returns it to a member: `not_found`, `closed`, `banned`, `slow_down`. */
  join(code: string): Promise<RoomStore>;
}

export function createInvites(api: Api, rooms: Rooms): Invites {
  const path = (groupId: number) => `/groups/${groupId}/invites`;
  return {
    list: (groupId, cursor) => api.page(path(groupId), { cursor }),
    create: (groupId, invite) =>
      // With an id of its own, as it may be sent twice.
      api.one("POST", path(groupId), { ...invite, client_id: newId() }),
    revoke: (groupId, code) => api.run("DELETE", `${path(groupId)}/${encodeURIComponent(code)}`),
    join: async (code) => rooms.adopt(await api.one("POST", `/invites/${encodeURIComponent(code)}/join`)),
  };
}
