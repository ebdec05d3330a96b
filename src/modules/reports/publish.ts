// Tells those who may decide about a report that it is there. Whoever is not told sees it when they look.
import type { Core } from "../../core.ts";
import { isTransientDatabaseError } from "../../db/errors.ts";
import { safeError } from "../../lib/log.ts";
import { reportCreated } from "../../protocol/reports.ts";

/** So many moderators, and admins of the group, at most. */
const LIMIT = 100;

interface Stored {
  id: number;
  kind: "message" | "user" | "group";
  userId: number | null;
  roomId: number | null;
  roomKind: "direct" | "group" | null;
}

/** In the background. */
export function publishReport(core: Core, report: Stored): void {
  publish(core, report).catch((error) => {
    if (!isTransientDatabaseError(error))
      core.log.error({ error: safeError(error) }, "a report could not be published");
  });
}

async function publish(core: Core, { id, kind, userId, roomId, roomKind }: Stored) {
  const groupId = kind === "message" && roomKind === "group" ? roomId : null;
  // Nobody is told of what is about themselves, or about a group of theirs.
  const deciders = await core.sql<{ id: number }[]>`
    (select user_id as id from members
      where room_id = ${groupId} and role <> 'member' and user_id is distinct from ${userId} limit ${LIMIT})
    union
    (select u.id from users u
      where u.role is not null and u.deleted_at is null and u.id is distinct from ${userId} and not exists (
        select from groups g where ${kind} = 'group' and g.room_id = ${roomId} and g.owner_id = u.id) limit ${LIMIT})`;
  const frame = reportCreated.frames.account.encode({ report_id: id, ...(groupId !== null && { group_id: groupId }) });
  for (const decider of deciders) core.bus.publishToUser(decider.id, frame);
}
