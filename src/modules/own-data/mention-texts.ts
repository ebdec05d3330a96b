// Taking somebody's name out of a text that mentions them.
import type { Entity } from "../../protocol/entities.ts";
import { BODY_LIMIT } from "../../protocol/limits.ts";

/** The text with `name` where the user is mentioned, which are no mentions any more; null when there are none. */
export function withoutMentions(
  body: string,
  entities: Entity[],
  userId: number,
  name: string,
): { body: string; entities: Entity[] } | null {
  const isTheirs = ({ type, user_id }: Entity) => type === "mention" && user_id === userId;
  const mentions = entities.filter(isTheirs);
  if (mentions.length === 0) return null;
  let kept = entities.filter((entity) => !isTheirs(entity));
  const characters = Array.from(body);
  // From the last to the first, so that those before stay where they are.
  for (const { offset, length } of mentions.toReversed()) {
    const end = offset + length;
    const written = Array.from(characters[offset] === "@" ? `@${name}` : name);
    // A text that is as long as a text may be gets no longer.
    const text = characters.length - length + written.length > BODY_LIMIT ? ["…"] : written;
    characters.splice(offset, length, ...text);
    const grown = text.length - length;
    kept = kept.flatMap((entity) => {
      if (entity.offset >= end) return { ...entity, offset: entity.offset + grown };
      if (entity.offset + entity.length <= offset) return entity;
      if (entity.offset <= offset && entity.offset + entity.length >= end)
        return { ...entity, length: entity.length + grown };
      return [];
    });
  }
  return { body: characters.join(""), entities: kept };
}
