// What a user does with groups. What it changes comes back as events.
import type { Api } from "../api.ts";
import type { RoomStore } from "../rooms/room-store.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { Ban, Group, GroupReport, GroupReportUpdate, Page, Role } from "../wire.ts";

/** Each method throws ChatError. */
export interface Groups {
  create(group: { name: string; description?: string; is_private?: boolean }): Promise<RoomStore>;
  /** The groups that anyone may join. */
  listPublic(cursor?: string | null): Promise<Page<Group>>;
  /** Those of them whose name has, for each word of the query, a word that begins with it. */
  searchPublic(query: string, cursor?: string | null): Promise<Page<Group>>;
  get(groupId: number): Promise<Group>;
  join(groupId: number): Promise<RoomStore>;
  leave(groupId: number): Promise<void>;
  update(groupId: number, change: { name?: string; description?: string }): Promise<void>;
  setVisibility(groupId: number, isPrivate: boolean): Promise<void>;
  delete(groupId: number): Promise<void>;
  addMember(groupId: number, userId: number): Promise<void>;
  removeMember(groupId: number, userId: number): Promise<void>;
  /** `owner` transfers the group; the previous owner becomes an admin. */
  setRole(groupId: number, userId: number, role: Role): Promise<void>;
  /** `until` is an ISO 8601 time; without it the mute lasts until someone unmutes. */
  mute(groupId: number, userId: number, until?: string | null): Promise<void>;
  unmute(groupId: number, userId: number): Promise<void>;
  /** Removes a member, who can't come back until an ISO 8601 time, or until the ban is lifted. */
  ban(groupId: number, userId: number, ban?: { reason?: string; until?: string | null }): Promise<void>;
  liftBan(groupId: number, userId: number): Promise<void>;
  /** The bans in force, newest first; for admins and the owner. */
  listBans(groupId: number, cursor?: string | null): Promise<Page<Ban>>;
  /** Reports of the group's messages, newest first, without who reported; for admins and the owner. */
  listReports(
    groupId: number,
    options?: { status?: GroupReport["status"]; cursor?: string | null },
  ): Promise<Page<GroupReport>>;
  /** Closes one for the group: `closed` where somebody else has. */
  closeReport(groupId: number, reportId: number, decision: GroupReportUpdate): Promise<GroupReport>;
}

export function createGroups(api: Api, rooms: Rooms): Groups {
  const path = (groupId: number, rest = "") => `/groups/${groupId}${rest}`;
  const member = (groupId: number, userId: number, rest = "") => path(groupId, `/members/${userId}${rest}`);
  const ban = (groupId: number, userId: number) => path(groupId, `/bans/${userId}`);
  return {
    create: async (group) => rooms.adopt(await api.one("POST", "/groups", group)),
    listPublic: (cursor) => api.page("/groups/public", { cursor }),
    searchPublic: (query, cursor) => api.page("/groups/public", { query, cursor }),
    get: (groupId) => api.one("GET", path(groupId)),
    join: async (groupId) => rooms.adopt(await api.one("POST", path(groupId, "/join"))),
    leave: (groupId) => api.run("POST", path(groupId, "/leave")),
    update: (groupId, change) => api.run("PUT", path(groupId), change),
    setVisibility: (groupId, is_private) => api.run("PUT", path(groupId, "/visibility"), { is_private }),
    delete: (groupId) => api.run("DELETE", path(groupId)),
    addMember: (groupId, user_id) => api.run("POST", path(groupId, "/members"), { user_id }),
    removeMember: (groupId, userId) => api.run("DELETE", member(groupId, userId)),
    setRole: (groupId, userId, role) => api.run("PUT", member(groupId, userId, "/role"), { role }),
    mute: (groupId, userId, until = null) => api.run("PUT", member(groupId, userId, "/mute"), { until }),
    unmute: (groupId, userId) => api.run("PUT", member(groupId, userId, "/unmute")),
    ban: (groupId, userId, options = {}) => api.run("PUT", ban(groupId, userId), options),
    liftBan: (groupId, userId) => api.run("DELETE", ban(groupId, userId)),
    listBans: (groupId, cursor) => api.page(path(groupId, "/bans"), { cursor }),
    listReports: (groupId, options) => api.page(path(groupId, "/reports"), options),
    closeReport: (groupId, reportId, decision) => api.one("PUT", path(groupId, `/reports/${reportId}`), decision),
  };
}
