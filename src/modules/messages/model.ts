// Bodies and queries of the message routes. The message itself is in timeline/model.ts.
import { Type } from "@sinclair/typebox";
import { MessageBody } from "../../protocol/messages.ts";
import { IdText, IntegerText, Uuid } from "../../protocol/types.ts";

export const NewMessage = Type.Object({
  body: MessageBody,
  client_id: Type.Optional(Uuid("Your own id for the message: sent again with the same one, it is stored once.")),
});

/** `content` is the deployed frontend's name for `body`. */
export const MessageEdit = Type.Object(
  {
    body: Type.Optional(MessageBody),
    content: Type.Optional(Type.String({ ...MessageBody, description: "Another name for `body`." })),
  },
  { examples: [{ body: "hello, world" }] },
);

export const HISTORY_LIMIT = 100;
// Counting through pages costs more the deeper it goes; beyond this `before` is the way.
const LAST_PAGE = 999;

export const HistoryQuery = Type.Object({
  page: Type.Optional(IntegerText(0, LAST_PAGE, `Counted from the newest, 0 to ${LAST_PAGE}.`, 0)),
  limit: Type.Optional(
    IntegerText(
      1,
      HISTORY_LIMIT,
      `Messages a page, 1 to ${HISTORY_LIMIT}; ${HISTORY_LIMIT} unless told.`,
      HISTORY_LIMIT,
    ),
  ),
  before: Type.Optional(IdText("Only messages older than this one.", 21)),
  after: Type.Optional(IdText("Only messages newer than this one, the oldest of them first.", 21)),
  cursor: Type.Optional(
    IdText("`next_cursor` of the page before: goes on in its direction, that of `after` where that is given.", 21),
  ),
});

/** How the example of a message differs after an edit, and after a deletion. */
export const EDITED = { example: { body: "hello, world", edited_at: "2026-01-13T17:05:11.040219+00:00" } };
export const DELETED = { example: { body: "", deleted_at: "2026-01-13T17:05:11.040219+00:00" } };
