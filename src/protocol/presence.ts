// Whether friends are online.
import { Type } from "@sinclair/typebox";
import { defineEphemeralEvent } from "./define.ts";
import { closed, Id, Nullable, Timestamp } from "./types.ts";

export const presenceChanged = defineEphemeralEvent({
  account: {
    type: "presence",
    data: Type.Object(
      {
        user_id: Id("The friend.", 3),
        online: Type.Boolean({ examples: [true] }),
        last_seen_at: Nullable(Timestamp("When they last came online or went offline; null if never.")),
      },
      closed,
    ),
    summary: "A friend came online or went offline.",
    examples: {
      "Came online": { data: { last_seen_at: "2026-01-13T17:00:29.317890+00:00" } },
      "Went offline": { data: { online: false, last_seen_at: "2026-01-13T17:05:11.040219+00:00" } },
    },
  },
});

/** The encoded event. */
export const presenceFrame = (userId: number, online: boolean, lastSeenAt: string | null) =>
  presenceChanged.frames.account.encode({ user_id: userId, online, last_seen_at: lastSeenAt });

export const presenceEvents = [presenceChanged] as const;
