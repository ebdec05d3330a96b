// Who may do what in a group. Services ask `can` before they act, clients before they offer, and the matrix test tries every
// operation with every role. It imports nothing, so that clients can carry it.

/** From the highest rank to the lowest. */
export const ROLES = ["owner", "admin", "member"] as const;
export type Role = (typeof ROLES)[number];

interface Permission {
  /** The lowest role that may. */
  least: Role;
  /** The highest role that may, where it is not the owner. */
  most?: Role;
  /** Set where the action is aimed at somebody, who must be of lower rank if they are a member. */
  onlyLowerRank?: true;
  /** Set where a mute forbids it. */
  unlessMuted?: true;
}

export const PERMISSIONS = {
  /** Messages, members and changes of the group, and one's own read position. */
  readGroup: { least: "member" },
  sendMessage: { least: "member", unlessMuted: true },
  /** One's own; nobody edits what others wrote. */
  editMessage: { least: "member", unlessMuted: true },
  deleteOwnMessage: { least: "member" },
  deleteOthersMessage: { least: "admin" },
  /** The owner hands the group over first, or deletes it. */
  leaveGroup: { least: "member", most: "admin" },
  updateGroup: { least: "admin" },
  setVisibility: { least: "owner" },
  deleteGroup: { least: "owner" },
  addMember: { least: "admin" },
  addAdmin: { least: "owner" },
  removeMember: { least: "admin", onlyLowerRank: true },
  /** Also hands the group over, by making somebody the owner. */
  setRole: { least: "owner", onlyLowerRank: true },
  muteMember: { least: "admin", onlyLowerRank: true },
  unmuteMember: { least: "admin", onlyLowerRank: true },
  listBans: { least: "admin" },
  banUser: { least: "admin", onlyLowerRank: true },
  liftBan: { least: "admin" },
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
  const { least, most = "owner", onlyLowerRank }: Permission = PERMISSIONS[action];
  const rank = rankOf(role);
  if (rank < rankOf(least) || rank > rankOf(most)) return false;
  return !onlyLowerRank || targetRole === null || rank > rankOf(targetRole);
}
