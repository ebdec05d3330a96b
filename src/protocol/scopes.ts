// What an API key may be used for. Each route and each command declares which scope it takes.
import { Type } from "@sinclair/typebox";

export const SCOPES = ["read", "write", "manage", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * What a call or command asks of a key. `session`: no key may, only somebody who has logged in. `any`: whatever its scopes are.
 */
export type RequiredScope = Scope | "session" | "any";

export const ScopeList = Type.Array(
  Type.Union([Type.Literal("read"), Type.Literal("write"), Type.Literal("manage"), Type.Literal("admin")]),
  {
    minItems: 1,
    maxItems: SCOPES.length,
    uniqueItems: true,
    description:
      "What the key may do: `read` (everything its user can see, and sockets), `write` (messages, reactions, files, receipts), `manage` (groups, friends, blocks, the profile), `admin` (the calls under `/admin`, and `On-Behalf-Of`; only of users with the role `admin`).",
    examples: [["read", "write"]],
  },
);
