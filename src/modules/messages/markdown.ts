// The text of a message that is given as Markdown, as text and entities. Loaded when it is first needed.
import { and, eq, inArray } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { members, users } from "../../db/schema.ts";
import { invalid } from "../../lib/errors.ts";
import { keysOf } from "../../lib/names.ts";
import type { Entity } from "../../protocol/entities.ts";
import { MENTIONS_LIMIT } from "../../protocol/limits.ts";
import { type MentionOf, parseMarkdown } from "../../protocol/markdown.ts";
import type { Room } from "../../protocol/rooms.ts";

export interface Markdown {
  body: string;
  format?: "markdown";
  entities?: Entity[];
}

/** Names that are looked up: a name at the end of a sentence or a style may be read in three ways. */
const NAMES_LIMIT = 3 * MENTIONS_LIMIT;

export async function convert<T extends Markdown>(core: Core, room: Room, { format: _, ...message }: T) {
  if (message.entities !== undefined) throw invalid("format", "can't be given together with entities");
  const mention = await mentionsIn(core, room, message.body);
  const { body, entities } = parseMarkdown(message.body, { mention });
  return { ...message, body, ...(entities.length > 0 && { entities }) };
}

/** The members of the room whose names are in the text. */
async function mentionsIn({ db }: Core, room: Room, text: string): Promise<MentionOf> {
  const keys = new Set<string>();
  parseMarkdown(text, {
    mention: (name) => {
      if (keys.size < NAMES_LIMIT) for (const key of keysOf(name)) keys.add(key);
      return undefined;
    },
  });
  if (keys.size === 0) return () => undefined;
  const found = await db
    .select({ id: users.id, key: users.usernameKey })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.roomId, room.id), inArray(users.usernameKey, [...keys])));
  const ids = new Map(found.map(({ id, key }) => [key, id]));
  return (name) =>
    keysOf(name)
      .map((key) => ids.get(key))
      .find((id) => id !== undefined) ?? (name === "all" ? "all" : undefined);
}
