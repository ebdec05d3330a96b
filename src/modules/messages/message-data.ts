// What a message has besides its text, from what its sender says.
import { invalid } from "../../lib/errors.ts";
import { findEntityFault, toEntity } from "../../protocol/entities.ts";
import { MESSAGE_DATA_LIMIT } from "../../protocol/limits.ts";
import type { NewMessage } from "../../protocol/messages.ts";
import type { MessageData } from "../../timeline/message-data.ts";

/** Whether a message is its text alone, as nearly all are. */
export const isPlain = ({ entities, reply_to, attachments }: NewMessage) =>
  entities === undefined && reply_to === undefined && attachments === undefined;

/** `body` is the text trimmed; undefined when there is nothing besides it after all. Throws `invalid`. */
export function toMessageData(
  body: string,
  { body: text, entities, reply_to, attachments }: NewMessage,
): MessageData | undefined {
  const data: MessageData = {};
  if (entities !== undefined && entities.length > 0) {
    // Trimming would move the ranges.
    if (body.length !== text.length) throw invalid("body", "must be trimmed where it has entities");
    const fault = findEntityFault(body, entities);
    if (fault) throw invalid(fault.field, fault.message);
    data.entities = entities.map(toEntity);
  }
  if (reply_to !== undefined) data.reply_to = reply_to;
  if (attachments !== undefined) data.files = attachments;
  if (data.entities === undefined) return Object.keys(data).length > 0 ? data : undefined;
  if (Buffer.byteLength(JSON.stringify(data)) > MESSAGE_DATA_LIMIT) {
    throw invalid("entities", `must take at most ${MESSAGE_DATA_LIMIT / 1024} KiB`);
  }
  return data;
}
