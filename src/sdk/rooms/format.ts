// A message's text as a tree of its formatting: what a user interface shows, without any markup that the text could break out of.
import type { Entity } from "../wire.ts";

/** A piece of the text as it is, or a formatted range with what is inside of it. */
export type FormattedText = string | { entity: Entity; content: FormattedText[] };

/** Ranges that do not fit the text, of a message that was changed elsewhere, are cut to it. */
export function formatText({ body, entities = [] }: { body: string; entities?: readonly Entity[] }): FormattedText[] {
  if (entities.length === 0) return [body];
  const characters = [...body];
  const left = [...entities];
  const build = (from: number, to: number): FormattedText[] => {
    const content: FormattedText[] = [];
    let at = from;
    const pushText = (end: number) => end > at && content.push(characters.slice(at, end).join(""));
    while (left[0] && left[0].offset < to) {
      const entity = left.shift()!;
      const start = Math.max(at, entity.offset);
      const end = Math.min(to, entity.offset + entity.length);
      if (end <= start) continue;
      pushText(start);
      content.push({ entity, content: build(start, end) });
      at = end;
    }
    pushText(to);
    return content;
  };
  return build(0, characters.length);
}
