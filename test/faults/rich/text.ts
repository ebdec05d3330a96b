// Texts of messages that say what else their message has. So wherever one is read (live, in a replay, in a page, in the database), before
// or after an edit, what came with it can be held against what its author sent.
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../support/client.ts";
import type { Chance } from "../../support/random.ts";
import { textOf } from "../entries.ts";
import { nameOf, sizeOf } from "./bytes.ts";

/** What goes into a command besides the text. */
export interface Extras {
  entities?: object[];
  reply_to?: number;
  /** Files by id. */
  attachments?: number[];
}

/** How a text says it: `files` are the ids of the attachments with their own ids of their owner's. */
interface Said {
  entities?: object[];
  reply_to?: number;
  files?: [id: number, clientId: string][];
}

export interface Draft extends Said {
  clientId: string;
}

const WORDS = "hello 🎉 you";
// Behind the client_id and a space, in code points.
const HELLO = { offset: 37, length: 5 };
const HELLO_PARTY = { offset: 37, length: 7 };
const PARTY = { offset: 43, length: 1 };
const YOU = { offset: 45, length: 3 };

/** Formatting and mentions of `WORDS`, one inside another and beside one another. */
export function randomEntities(chance: Chance, people: number[]): object[] {
  const all = [
    { type: "quote", ...HELLO_PARTY },
    { type: "bold", ...HELLO },
    { type: "link", ...HELLO, url: "https://example.com/ü?a=1" },
    { type: "spoiler", ...PARTY },
    chance.happens(0.5) ? { type: "mention_all", ...YOU } : { type: "mention", ...YOU, user_id: chance.pick(people) },
  ];
  return all.filter(() => chance.happens(0.5));
}

/** Null for what has nothing besides its text. */
export function textSaying({ clientId, ...said }: Draft, words = WORDS): string {
  const parts = Object.entries(said).filter(([, value]) => value !== undefined && !isDeepStrictEqual(value, []));
  const text = textOf(clientId, words);
  return parts.length === 0 ? text : `${text} ${JSON.stringify(Object.fromEntries(parts))}`;
}

export const commandOf = ({ entities, reply_to, files }: Said): Extras => ({
  ...(entities && entities.length > 0 && { entities }),
  ...(reply_to !== undefined && { reply_to }),
  ...(files && files.length > 0 && { attachments: files.map(([id]) => id) }),
});

export function saidIn(body: string): Said {
  const start = body.indexOf("{");
  return start < 0 ? {} : JSON.parse(body.slice(start));
}

/** What a message has other than its text says, in words; null when nothing is. Reactions and what is quoted are not in the text. */
export function flawOf(message: Json): string | null {
  const { body, entities, reply_to, attachments, deleted_at, reactions } = message;
  if (deleted_at !== null || body === "") {
    const left = Object.entries({ body: body || undefined, entities, reply_to, attachments, reactions })
      .filter(([, value]) => value !== undefined)
      .map(([field]) => field);
    return left.length === 0 ? null : `a deleted message has ${left}`;
  }
  const said = saidIn(body);
  if (!isDeepStrictEqual(entities, said.entities)) return `entities are ${JSON.stringify(entities)}`;
  if (reply_to?.id !== said.reply_to) return `it replies to ${JSON.stringify(reply_to)}`;
  const files = said.files?.map(([id, clientId]) => ({
    id,
    kind: "file",
    name: nameOf(clientId),
    mime: "application/octet-stream",
    size: sizeOf(clientId),
  }));
  return isDeepStrictEqual(attachments, files) ? null : `attachments are ${JSON.stringify(attachments)}`;
}
