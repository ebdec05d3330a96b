// What is written in the field is Markdown; messages are text with entities.
import type { MentionOf } from "../../../../../markdown/index.ts";
import type { RoomMessage } from "../../../../../sdk/index.ts";
import { loadRich, type Rich, richIfLoaded } from "./load-rich.ts";

/** Whether a text may mean more than it says. */
export const hasMarkup = (text: string) => /[*_~|`[\]@\\]|^> /m.test(text);

export const readMarkdown = ({ parseMarkdown, closeFence }: Rich, text: string, mention: MentionOf) =>
  parseMarkdown(closeFence(text), { mention });

const isPlain = ({ body, entities }: RoomMessage) => !entities?.length && !hasMarkup(body);

/** What a message is edited as. */
export const markdownOf = (message: RoomMessage, rich: Rich | null, mention: MentionOf) =>
  isPlain(message) || !rich ? message.body : rich.toMarkdown(message, { mention });

/** The same, once what writes it is loaded: at once for a plain message. Rejects when it can't be loaded. */
export const withMarkdownOf = (message: RoomMessage, mention: MentionOf, use: (text: string) => void) => {
  const rich = richIfLoaded();
  if (rich || isPlain(message)) use(markdownOf(message, rich, mention));
  else return loadRich().then((module) => use(markdownOf(message, module, mention)));
};
