// The path parameters of the routes of messages in conversations.
import { Type } from "@sinclair/typebox";
import { IdText } from "../../protocol/types.ts";

export const ConversationParams = Type.Object({ conversation_id: IdText("The conversation.", 1) });
export const MessageParams = Type.Object({ ...ConversationParams.properties, message_id: IdText("The message.", 21) });
