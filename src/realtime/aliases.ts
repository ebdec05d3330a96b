// The aliases of frames (see lib/aliases.ts). Applied only when a frame does not validate as it is, so that others cost nothing.
import { takeContent } from "../lib/aliases.ts";
import { isId } from "../protocol/types.ts";

const TYPES = new Map<unknown, string>([["group.message.sent", "group.message.send"]]);
const IDS = ["conversation_id", "group_id", "last_message_id"];

/** Replaces the aliases in a frame by the names and forms of the protocol. */
export function takeFrameAliases(frame: Record<string, unknown>) {
  frame.type = TYPES.get(frame.type) ?? frame.type;
  takeContent(frame);
  for (const name of IDS) {
    const id = frame[name];
    if (typeof id === "string" && isId(id)) frame[name] = Number(id);
  }
  // Up to the newest message, as when it is left out.
  if (frame.type === "group.read" && frame.last_message_id === null) delete frame.last_message_id;
}
