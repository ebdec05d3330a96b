// A message of the user's own that the server has not stored.
import { BODY_LIMIT } from "../../protocol/limits.ts";
import { countCharacters } from "../../protocol/text.ts";
import { ChatError } from "../errors.ts";
import { toInfo, type Upload, type UploadInfo } from "../files/upload.ts";
import { newId } from "../id.ts";
import { toQuoteText } from "../rooms/held.ts";
import type { RoomMessage, StoredMessage } from "../rooms/message.ts";
import type { Attachment, Entity, Quote, RoomKey, UploadedFile } from "../wire.ts";

/** What a message may bring besides its text. */
export interface SendOptions {
  /** Formatting and mentions of the text as it is given. */
  entities?: readonly Entity[];
  /** The message of the same room that it replies to. */
  replyTo?: StoredMessage | Quote;
  /** Files of the user's, up to 10. The message waits for those that are still being uploaded, and later ones of the room wait for it. */
  attachments?: readonly (Attachment | Upload)[];
}

/** What an edit may change besides the text. */
export interface EditOptions {
  /** Formatting and mentions of the new text; it has none by default. */
  entities?: readonly Entity[];
  /** Those of the message's files that it keeps, all by default; the text may be empty where there are any. The others are gone for good. */
  attachments?: readonly Pick<Attachment, "id">[];
}

/** The same as a message shows it. */
export type UnsentExtras = Pick<RoomMessage, "entities" | "reply_to" | "attachments">;

export type UnsentUpload = UploadInfo & { readonly file: UploadedFile | null };

export interface Unsent {
  readonly client_id: string;
  readonly room: RoomKey;
  readonly body: string;
  readonly extras?: UnsentExtras;
  /** Files that it waits for, each with what it has become; they come after the attachments that it has. */
  readonly uploads?: readonly UnsentUpload[];
  /** By this device's clock; for display. */
  readonly created_at: string;
  /** The order in which messages were written, over all tabs that share the storage. */
  readonly order: number;
  /** Why it was refused for good; null while it is queued. */
  readonly error: ChatError | null;
}

const toUnsentUpload = (upload: Upload): UnsentUpload => ({ ...toInfo(upload), file: upload.getSnapshot().file });

const isUpload = (file: Attachment | Upload): file is Upload => "untilReady" in file;

export const byOrder = (a: { order: number }, b: { order: number }) => a.order - b.order;

/** A message that can't be valid has failed from the start: a frame that is far too long would end the connection. */
export function createUnsent(room: RoomKey, text: string, options: SendOptions, order: number): Unsent {
  const body = text.trim();
  const given = options.attachments ?? [];
  const uploads = given.filter(isUpload);
  const attachments = given.filter((file): file is Attachment => !isUpload(file));
  const extras = toExtras(text, body, options, attachments);
  const problem = problemOf(body, given.length > 0);
  const error =
    problem === null
      ? null
      : new ChatError("invalid", `body: ${problem}`, 0, { errors: [{ field: "body", message: problem }] });
  const rest = { created_at: new Date().toISOString(), order, error };
  return {
    client_id: newId(),
    room,
    body,
    ...(extras && { extras }),
    ...(uploads.length > 0 && { uploads: uploads.map(toUnsentUpload) }),
    ...rest,
  };
}

function toExtras(
  text: string,
  body: string,
  { entities, replyTo }: SendOptions,
  attachments: readonly Attachment[],
): UnsentExtras | undefined {
  const extras: UnsentExtras = {};
  if (entities?.length) extras.entities = trimmed(entities, text, body);
  if (replyTo) extras.reply_to = quoteOf(replyTo);
  if (attachments.length > 0) extras.attachments = attachments;
  return Object.keys(extras).length > 0 ? extras : undefined;
}

/** White space around the text is not sent. */
function trimmed(entities: readonly Entity[], text: string, body: string): Entity[] {
  const before = text.length - text.trimStart().length;
  const end = countCharacters(body);
  return entities.flatMap((entity) => {
    const offset = Math.max(0, entity.offset - before);
    const length = Math.min(end, entity.offset - before + entity.length) - offset;
    return length > 0 ? { ...entity, offset, length } : [];
  });
}

function quoteOf(message: StoredMessage | Quote): Quote {
  const { id, seq, sender_id, sender_name } = message;
  const kind = "attachments" in message ? message.attachments?.[0]?.kind : undefined;
  return { ...(kind && { kind }), id, seq, sender_id, sender_name, ...toQuoteText(message) };
}

/** The fields of the command that sends it. */
export function toCommandExtras({ extras: { entities, reply_to, attachments = [] } = {}, uploads = [] }: Unsent) {
  const files = [...attachments, ...uploads.flatMap(({ file }) => file ?? [])].map(({ id }) => id);
  return {
    ...(entities && { entities: [...entities] }),
    ...(reply_to && { reply_to: reply_to.id }),
    ...(files.length > 0 && { attachments: files }),
  };
}

function problemOf(body: string, hasFiles: boolean): string | null {
  if (body === "" && !hasFiles) return "must not be empty";
  if (countCharacters(body) > BODY_LIMIT) return `must be at most ${BODY_LIMIT} characters`;
  return body.includes("\0") ? "must not contain NUL characters" : null;
}
