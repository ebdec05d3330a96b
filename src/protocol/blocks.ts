// The shape of a block on the wire.
import { type Static, Type } from "@sinclair/typebox";
import { Id, Timestamp } from "./types.ts";
import { profile } from "./users.ts";

export const Block = Type.Object(
  {
    id: Id("The blocked user's id.", 3),
    username: Type.String({ examples: ["veli"] }),
    ...profile,
    blocked_at: Timestamp("Since when."),
  },
  { title: "Block" },
);
export type Block = Static<typeof Block>;
