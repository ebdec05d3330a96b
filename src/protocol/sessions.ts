// Shapes of sessions on the wire: one a login.
import { type Static, Type } from "@sinclair/typebox";
import { Id, Timestamp } from "./types.ts";

export const SessionInfo = Type.Object(
  {
    id: Id("Session id.", 12),
    device: Type.String({
      description: "What the client called itself at log-in: its `User-Agent`.",
      examples: ["Mozilla/5.0 (X11; Linux x86_64) Firefox/142.0"],
    }),
    address: Type.Optional(
      Type.String({
        description: "The network address of the log-in or the last renewal; left out when it is no longer kept.",
        examples: ["203.0.113.7"],
      }),
    ),
    created_at: Timestamp("When it was logged in."),
    last_used_at: Timestamp("When it was last used, to within five minutes."),
    expires_at: Timestamp("When it ends unless it is renewed.", "2026-02-12T17:00:29.000000+00:00"),
    is_current: Type.Boolean({ description: "Whether it is the one that asks.", examples: [true] }),
  },
  { title: "Session" },
);
export type SessionInfo = Static<typeof SessionInfo>;

export const RenewedToken = Type.Object({
  access_token: Type.String({
    description: "Takes the place of the token that was sent, which stays good until its own end.",
    examples: ["eyJhbGciOiJIUzI1NiJ9…"],
  }),
  token_type: Type.Literal("bearer"),
  expires_at: Timestamp("When it expires.", "2026-02-12T17:00:29.000000+00:00"),
});
export type RenewedToken = Static<typeof RenewedToken>;
