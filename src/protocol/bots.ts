// Shapes of bots and of API keys: programs, and what they are recognised by.
import { type Static, Type } from "@sinclair/typebox";
import { ownerProof, ProfileUpdate } from "./account.ts";
import {
  API_KEYS_LIMIT,
  BOTS_LIMIT,
  DISPLAY_NAME_LIMIT,
  KEY_NAME_LIMIT,
  USERNAME_MAX,
  USERNAME_MIN,
} from "./limits.ts";
import { ScopeList } from "./scopes.ts";
import { Id, Text, Timestamp, Uuid } from "./types.ts";
import { profile } from "./users.ts";

export const ApiKey = Type.Object(
  {
    id: Id("Key id.", 31),
    name: Type.String({ description: "What its maker calls it.", examples: ["Build server"] }),
    scopes: ScopeList,
    created_at: Timestamp("When it was created."),
    last_used_at: Timestamp("When it was last used, to within five minutes; at first when it was created."),
    expires_at: Type.Optional(
      Timestamp("When it ends; left out of one that does not.", "2027-01-13T17:00:00.000000+00:00"),
    ),
  },
  { title: "ApiKey" },
);
export type ApiKey = Static<typeof ApiKey>;

export const CreatedKey = Type.Object({
  data: ApiKey,
  key: Type.String({
    description: "The key: a Bearer token for calls and sockets. It is shown here alone; keep it as a password.",
    examples: ["rck_pG2t0v8…"],
  }),
});
export type CreatedKey = Static<typeof CreatedKey>;

const newKey = {
  name: Text(1, KEY_NAME_LIMIT, { description: `1 to ${KEY_NAME_LIMIT} characters.`, examples: ["Build server"] }),
  scopes: ScopeList,
  expires_at: Type.Optional(
    Type.String({
      format: "timestamp",
      description: "When it ends: a moment to come. Without it, it does not.",
      examples: ["2099-01-13T17:00:00+00:00"],
    }),
  ),
  client_id: Uuid(
    "Your own id for the key: asked again within an hour with the same one, the first key is given again.",
  ),
};

export const NewBotKey = Type.Object(newKey);
export type NewBotKey = Static<typeof NewBotKey>;

export const NewKey = Type.Object({ ...newKey, ...ownerProof });
export type NewKey = Static<typeof NewKey>;

export const Bot = Type.Object(
  {
    id: Id("User id.", 41),
    username: Type.String({ examples: ["build-bot"] }),
    ...profile,
    created_at: Timestamp("When it was created."),
  },
  {
    title: "Bot",
    description: `A user that is run by a program. You may have ${BOTS_LIMIT}, each with ${API_KEYS_LIMIT} keys.`,
  },
);
export type Bot = Static<typeof Bot>;

const username = Text(USERNAME_MIN, USERNAME_MAX, {
  description: "As that of a person; unlike every other name.",
  examples: ["build-bot"],
});
const displayName = Type.String({
  format: "text",
  maxLength: DISPLAY_NAME_LIMIT * 4,
  description: `1 to ${DISPLAY_NAME_LIMIT} characters after trimming.`,
  examples: ["Build server"],
});

export const NewBot = Type.Object({ username, display_name: Type.Optional(displayName) });
export type NewBot = Static<typeof NewBot>;

/** What is left out stays as it is; null takes it away. */
export const BotUpdate = Type.Object({
  username: Type.Optional(username),
  display_name: ProfileUpdate.properties.display_name,
  status: ProfileUpdate.properties.status,
});
export type BotUpdate = Static<typeof BotUpdate>;
