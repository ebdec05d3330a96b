// What an API key may be used for. Each route and each command declares which scope it takes.
import { Type } from "@sinclair/typebox";

export const SCOPES = ["read", "write", "manage", "moderate", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** What people may do on the whole server; without a role of their own they are a `user`. */
export const SERVER_ROLES = ["user", "moderator", "admin"] as const;
export type ServerRole = (typeof SERVER_ROLES)[number];

/**
 * What a call or command asks of a key. `session`: no key may, only somebody who has logged in. `any`: whatever its scopes are.
 */
export type RequiredScope = Scope | "session" | "any";

export const ScopeList = Type.Array(
  Type.Union([
    Type.Literal("read"),
    Type.Literal("write"),
    Type.Literal("manage"),
    Type.Literal("moderate"),
    Type.Literal("admin"),
  ]),
  {
    minItems: 1,
    maxItems: SCOPES.length,
    uniqueItems: true,
    description:
      "What the key may do: `read` (everything its user can see, and sockets), `write` (messages, reactions, files, receipts), `manage` (groups, friends, blocks, the profile), `moderate` (the calls under `/admin` that moderators may make; only of users with the role `moderator` or `admin`), `admin` (all calls under `/admin`, and `On-Behalf-Of`; only of users with the role `admin`).",
    examples: [["read", "write"]],
  },
);
