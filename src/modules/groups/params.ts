// The path parameters of the routes of groups.
import { Type } from "@sinclair/typebox";
import { IdText } from "../../protocol/types.ts";

export const GroupParams = Type.Object({ group_id: IdText("The group.", 9) });
export const MemberParams = Type.Object({ ...GroupParams.properties, member_id: IdText("The member's user id.", 3) });
export const BanParams = Type.Object({ ...GroupParams.properties, user_id: IdText("The user.", 3) });
export const GroupMessageParams = Type.Object({ ...GroupParams.properties, message_id: IdText("The message.", 21) });
