// Who may do what in a group. Services ask `can` before they act, clients before they offer, and the matrix test tries every
// operation with every role. It imports nothing, so that clients can carry it.

/** From the highest rank to the lowest. */
export const ROLES = ["owner", "admin", "member"] as const;
export type Role = (typeof ROLES)[number];

interface Permission {
  /** The lowest role that may. */
  minRole: Role;
  /** The highest role that may, where it is not the owner. */
  maxRole?: Role;
  /** Set where the action is aimed at somebody, who must be of lower rank if they are a member. */
  onlyLowerRank?: true;
  /** Set where a mute forbids it. */
  unlessMuted?: true;
}

export const PERMISSIONS = {
  /** Messages, members and changes of the group, and one's own read position. */
  readGroup: { minRole: "member" },
  sendMessage: { minRole: "member", unlessMuted: true },
  react: { minRole: "member", unlessMuted: true },
  removeOwnReaction: { minRole: "member" },
  /** In a group of more than MENTION_ALL_MEMBERS; in a smaller one every member may. */
  mentionAll: { minRole: "admin", unlessMuted: true },
  /** One's own; nobody edits what others wrote. */
  editMessage: { minRole: "member", unlessMuted: true },
  deleteOwnMessage: { minRole: "member" },
  deleteOthersMessage: { minRole: "admin" },
  /** The owner hands the group over first, or deletes it. */
  leaveGroup: { minRole: "member", maxRole: "admin" },
  updateGroup: { minRole: "admin" },
  setVisibility: { minRole: "owner" },
  deleteGroup: { minRole: "owner" },
  addMember: { minRole: "admin" },
  addAdmin: { minRole: "owner" },
  removeMember: { minRole: "admin", onlyLowerRank: true },
  /** Also hands the group over, by making somebody the owner. */
  setRole: { minRole: "owner", onlyLowerRank: true },
  muteMember: { minRole: "admin", onlyLowerRank: true },
  unmuteMember: { minRole: "admin", onlyLowerRank: true },
  listInvites: { minRole: "admin" },
  createInvite: { minRole: "admin" },
  revokeInvite: { minRole: "admin" },
  listBans: { minRole: "admin" },
  banUser: { minRole: "admin", onlyLowerRank: true },
  liftBan: { minRole: "admin" },
  listReports: { minRole: "admin" },
  closeReport: { minRole: "admin" },
} as const satisfies Record<string, Permission>;

export type GroupAction = keyof typeof PERMISSIONS;

/** Higher for those who may do more. */
export const rankOf = (role: Role): number => ROLES.length - 1 - ROLES.indexOf(role);

/**
 * Whether somebody of this role may do it, to somebody of `targetRole` if the action is aimed at a member. A role of null is that of
 * an outsider; as a target it is somebody who is not a member. Mutes are judged apart: they end by themselves.
 */
export function can(role: Role | null, action: GroupAction, targetRole: Role | null = null): boolean {
  if (role === null) return false;
  const { minRole, maxRole = "owner", onlyLowerRank }: Permission = PERMISSIONS[action];
  const rank = rankOf(role);
  if (rank < rankOf(minRole) || rank > rankOf(maxRole)) return false;
  return !onlyLowerRank || targetRole === null || rank > rankOf(targetRole);
}
