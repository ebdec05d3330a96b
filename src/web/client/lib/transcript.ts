// Several messages as text, with their formatting as Markdown, to paste elsewhere.
import { toMarkdown } from "../../../markdown/index.ts";
import type { RoomMessage } from "../../../sdk/index.ts";
import { attachmentsText, summaryOf } from "./message-text.ts";
import { dateTimeOf } from "./time.ts";

/** Each with its sender and time, and what it replies to as a quoted line. */
export const transcriptOf = (messages: readonly RoomMessage[]): string => messages.map(entryOf).join("\n\n");

function entryOf({ sender_name, created_at, reply_to, attachments = [], body, entities }: RoomMessage): string {
  const lines = [`${sender_name}, ${dateTimeOf(created_at)}`];
  if (reply_to && !reply_to.deleted_at)
    lines.push(
      `> ${reply_to.sender_name}: ${summaryOf(reply_to) || attachmentsText(reply_to.kind ? [reply_to.kind] : [])}`,
    );
  for (const { kind, name } of attachments) lines.push(`[${attachmentsText([kind])}: ${name}]`);
  if (body) lines.push(entities ? toMarkdown({ body, entities }) : body);
  return lines.join("\n");
}
