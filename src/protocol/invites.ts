// Invites: links by which people join a group, and may create an account where that takes one.
import { type Static, Type } from "@sinclair/typebox";
import { INVITE_DAYS, INVITE_MAX_DAYS, INVITE_MAX_USES } from "./limits.ts";
import { Id, Nullable, Timestamp, Uuid } from "./types.ts";

export const INVITE_EXAMPLE = "c2l4dGVlbi1ieXRlcy1hcw";

export const InviteCode = Type.String({
  format: "text",
  maxLength: 64,
  description: "What the link holds behind its last slash.",
  examples: [INVITE_EXAMPLE],
});

export const NewInvite = Type.Object({
  expires_at: Type.Optional(
    Type.String({
      format: "timestamp",
      description: `When it runs out: in ${INVITE_DAYS} days unless told, in ${INVITE_MAX_DAYS} at most.`,
      examples: ["2026-12-01T08:00:00+00:00"],
    }),
  ),
  max_uses: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: INVITE_MAX_USES,
      description: "How many people may use it; any number unless told.",
      examples: [10],
    }),
  ),
  client_id: Type.Optional(Uuid("Your own id of the invite: creating it again returns the first one.")),
});
export type NewInvite = Static<typeof NewInvite>;

export const Invite = Type.Object(
  {
    code: InviteCode,
    url: Type.String({
      description: "The page that it opens, under the server's `PUBLIC_URL`.",
      examples: [`https://chat.example.org/#/invite/${INVITE_EXAMPLE}`],
    }),
    creator_id: Id("Who created it.", 2),
    creator_name: Type.String({ description: "Their username.", examples: ["ali"] }),
    uses: Type.Integer({ description: "How many people have used it.", examples: [3] }),
    max_uses: Nullable(Type.Integer({ description: "How many may; null for any number." }), 10),
    expires_at: Timestamp("When it runs out.", "2026-01-20T17:00:29.317890+00:00"),
    created_at: Timestamp("When it was created."),
  },
  { title: "Invite" },
);
export type Invite = Static<typeof Invite>;

export const InviteInfo = Type.Object(
  {
    group: Type.Optional(
      Type.Object(
        {
          id: Id("The group.", 9),
          name: Type.String({ examples: ["Weekend"] }),
          description: Type.String({ examples: ["Where to on Saturday?"] }),
          member_count: Type.Integer({ examples: [3] }),
        },
        { description: "The group that it is to; left out where it is to the server alone." },
      ),
    ),
    can_register: Type.Boolean({
      description: "Whether somebody without an account may create one, with this invite.",
      examples: [true],
    }),
    expires_at: Timestamp("When it runs out.", "2026-01-20T17:00:29.317890+00:00"),
  },
  { title: "InviteInfo" },
);
export type InviteInfo = Static<typeof InviteInfo>;
