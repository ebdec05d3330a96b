// What a user may do in a group, for a program that offers only what the server will allow.
import * as permissions from "../protocol/permissions.ts";
import type { GroupAction, Role } from "./wire.ts";

/**
 * Whether somebody of this role may do it, to somebody of `targetRole` if the action is aimed at a member. A role of null is that of
 * somebody who is not in the group. Mutes are not part of it: see `is_muted`.
 */
export const can = (role: Role | null, action: GroupAction, targetRole: Role | null = null): boolean =>
  permissions.can(role, action, targetRole);
