// The events of friend requests and friendships, for the account sockets of both sides.
import { and, eq, inArray } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { friends, users } from "../../db/schema.ts";
import {
  type FriendRequest,
  friendAccepted,
  friendCancelled,
  friendDeclined,
  friendRemoved,
  friendRequested,
} from "../../protocol/friends.ts";
import { presenceFrame } from "../../protocol/presence.ts";

const EVENTS = { pending: friendRequested, accepted: friendAccepted, declined: friendDeclined };

/** Publishes the present status of a request to both sides; new friends learn of each other's presence as well. */
export async function publishRequest(core: Core, request: FriendRequest) {
  publishToBoth(core, EVENTS[request.status], request);
  if (request.status !== "accepted") return;
  const ids = [request.sender.id, request.receiver.id];
  const pair = await core.db
    .select({ id: users.id, lastSeenAt: users.lastSeenAt, hidesPresence: friends.hidesPresence })
    .from(users)
    .innerJoin(friends, and(eq(friends.userId, users.id), inArray(friends.friendId, ids)))
    .where(inArray(users.id, ids))
    .catch(() => []); // The friendship is stored; presence can be missed.
  const found = core.online(ids);
  const online = found instanceof Promise ? await found.catch(() => null) : found;
  if (!online) return;
  for (const { id, lastSeenAt, hidesPresence } of pair) {
    if (hidesPresence) continue;
    const frame = presenceFrame(id, online.has(id), lastSeenAt);
    // Who was online was read later: a change since then has a newer version.
    const version = lastSeenAt === null ? undefined : { userId: id, at: lastSeenAt };
    for (const other of ids) if (other !== id) core.bus.publishToUser(other, frame, version);
  }
}

export const publishCancelled = (core: Core, request: FriendRequest) => publishToBoth(core, friendCancelled, request);

export function publishFriendshipRemoved(core: Core, a: number, b: number) {
  core.bus.publishToUser(a, friendRemoved.frames.account.encode({ user_id: b }));
  core.bus.publishToUser(b, friendRemoved.frames.account.encode({ user_id: a }));
}

function publishToBoth(
  core: Core,
  event: typeof friendCancelled | (typeof EVENTS)[FriendRequest["status"]],
  request: FriendRequest,
) {
  const frame = event.frames.account.encode(request);
  core.bus.publishToUser(request.sender.id, frame);
  core.bus.publishToUser(request.receiver.id, frame);
}
