// The parameters of the routes of reactions.
import { Type } from "@sinclair/typebox";
import { PageQuery } from "../../http/pagination.ts";
import { EmojiParam } from "../../protocol/reactions.ts";
import { GroupMessageParams } from "../groups/params.ts";
import { MessageParams } from "../messages/params.ts";

export const ReactionParams = Type.Object({ ...MessageParams.properties, emoji: EmojiParam });
export const GroupReactionParams = Type.Object({ ...GroupMessageParams.properties, emoji: EmojiParam });
export const ReactorsQuery = Type.Composite([Type.Object({ emoji: Type.Optional(EmojiParam) }), PageQuery]);
