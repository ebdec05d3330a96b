// Messages whose text is given as Markdown. What reads it is loaded with the first one.
import type { Core } from "../../core.ts";
import type { Room } from "../../protocol/rooms.ts";
import type { Markdown } from "./markdown.ts";

/** The same with the text and entities that are stored. Throws `invalid`. */
export const readMarkdown = async <T extends Markdown>(core: Core, room: Room, message: T) =>
  (await import("./markdown.ts")).convert(core, room, message);
