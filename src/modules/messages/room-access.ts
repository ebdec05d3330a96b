// Whether a user may receive and post in a room, for sockets (handed in by app.ts).
import type { Core } from "../../core.ts";
import type { RoomAccess } from "../../realtime/types.ts";
import { requirePeer } from "../conversations/service.ts";
import { requireMember } from "../groups/policy.ts";
import { requireCanPost } from "./service.ts";

export const roomAccess = ({ db, peerCache }: Pick<Core, "db" | "peerCache">): RoomAccess => ({
  async requireMember({ kind, id }, userId) {
    if (kind === "group") await requireMember(db, id, userId);
    else peerCache.set(id, userId, await requirePeer(db, id, userId));
  },
  requireCanPost: (room, userId) => requireCanPost(db, room, userId),
});
