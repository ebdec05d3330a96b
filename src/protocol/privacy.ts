// What a user lets others see and do, on the wire.
import { type Static, Type } from "@sinclair/typebox";

const From = (description: string) =>
  Type.Union([Type.Literal("everyone"), Type.Literal("friends")], { description, examples: ["everyone"] });

export const Privacy = Type.Object(
  {
    messages_from: From("Who may begin a conversation with you; to others you do not exist. Those that exist go on."),
    groups_from: From("Who may add you to a group."),
    last_seen: Type.Boolean({
      description: "Whether friends see when you are online and were last; if not, you see neither of them.",
      examples: [true],
    }),
    read_receipts: Type.Boolean({
      description: "Whether others see how far you have read; if not, you do not see how far they have.",
      examples: [true],
    }),
  },
  { title: "Privacy" },
);
export type Privacy = Static<typeof Privacy>;

/** For whoever has chosen nothing else. */
export const DEFAULT_PRIVACY: Privacy = {
  messages_from: "everyone",
  groups_from: "everyone",
  last_seen: true,
  read_receipts: true,
};

/** What is left out stays as it is. */
export const PrivacyUpdate = Type.Partial(Type.Object(Privacy.properties));
export type PrivacyUpdate = Static<typeof PrivacyUpdate>;
