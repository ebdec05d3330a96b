// Formatting and mentions: what is said beside the plain text of a message. The sender's client says what is bold and who is
// meant; the server checks the ranges and never parses the text.
import { type Static, Type } from "@sinclair/typebox";
import { ENTITY_TYPES, type EntityType, isLanguage, isSafeUrl } from "./entity-values.ts";
import { ENTITIES_LIMIT, ENTITY_LANGUAGE_LIMIT, ENTITY_URL_LIMIT, MENTIONS_LIMIT } from "./limits.ts";
import { countCharacters } from "./text.ts";
import { Id } from "./types.ts";

/** Why a message is in somebody's inbox. */
export const MENTION_KINDS = ["mention", "reply", "reaction"] as const;
export type MentionKind = (typeof MENTION_KINDS)[number];

export const Entity = Type.Object(
  {
    type: Type.Unsafe<EntityType>(
      Type.Union(
        ENTITY_TYPES.map((type) => Type.Literal(type)),
        { description: "What the range is.", examples: ["mention"] },
      ),
    ),
    offset: Type.Integer({
      minimum: 0,
      description: "Where it begins, in Unicode code points.",
      examples: [0],
    }),
    length: Type.Integer({ minimum: 1, description: "Its length, in Unicode code points.", examples: [4] }),
    url: Type.Optional(
      Type.String({
        format: "text",
        maxLength: ENTITY_URL_LIMIT,
        description: "Of a `link`: where it leads, by http, https or mailto.",
      }),
    ),
    language: Type.Optional(
      Type.String({
        format: "text",
        maxLength: ENTITY_LANGUAGE_LIMIT,
        description: "Of a `pre`: the language of the code.",
      }),
    ),
    user_id: Type.Optional(Id("Of a `mention`: who is meant.", 3)),
  },
  { title: "Entity", examples: [{ type: "mention", offset: 0, length: 4, user_id: 3 }] },
);
export type Entity = Static<typeof Entity>;

export const Entities = Type.Array(Entity, {
  maxItems: ENTITIES_LIMIT,
  description: `Formatting and mentions: ranges of the text, in order of their offsets; one may lie inside another, but not overlap it by half. At most ${ENTITIES_LIMIT}, of them ${MENTIONS_LIMIT} mentions.`,
  examples: [[{ type: "mention", offset: 0, length: 4, user_id: 3 }]],
});

/** What is wrong with the entities of a message: the path of the field, and a sentence. */
export interface EntityFault {
  field: string;
  message: string;
}

/** The first fault of entities that fit the schema, for this text; null when there is none. */
export function findEntityFault(body: string, entities: readonly Entity[]): EntityFault | null {
  const size = countCharacters(body);
  const fault = (index: number, field: string, message: string) => ({ field: `entities.${index}.${field}`, message });
  // The ends of the ranges that the present one lies in, the innermost last.
  const ends: number[] = [];
  let previous = 0;
  let mentions = 0;
  for (const [index, entity] of entities.entries()) {
    const { offset, length } = entity;
    const end = offset + length;
    if (end > size) return fault(index, "length", "reaches past the end of the text");
    if (offset < previous) return fault(index, "offset", "must not come before that of the entity before it");
    while (ends.length > 0 && ends.at(-1)! <= offset) ends.pop();
    if (ends.length > 0 && end > ends.at(-1)!)
      return fault(index, "length", "reaches past the entity that it begins in");
    ends.push(end);
    previous = offset;
    if (entity.type === "link" && !isSafeUrl(entity.url ?? "")) {
      return fault(index, "url", "must be an http, https or mailto address");
    }
    if (entity.type === "pre" && entity.language !== undefined && !isLanguage(entity.language)) {
      return fault(index, "language", "must be the name of a language");
    }
    if (entity.type === "mention") {
      if (entity.user_id === undefined) return fault(index, "user_id", "is required");
      if (++mentions > MENTIONS_LIMIT)
        return { field: "entities", message: `must be at most ${MENTIONS_LIMIT} mentions` };
    }
  }
  return null;
}

/** The entity with the fields of its type alone. */
export function toEntity({ type, offset, length, url, language, user_id }: Entity): Entity {
  const range = { type, offset, length };
  if (type === "link" && url !== undefined) return { ...range, url };
  if (type === "pre" && language !== undefined) return { ...range, language };
  if (type === "mention" && user_id !== undefined) return { ...range, user_id };
  return range;
}
