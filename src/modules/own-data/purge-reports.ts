// A deleted account and reports: those that it sent stay, without who it was; in the copies of others' messages its name goes as it
// does in the messages. A copy of its own message stays until its report has been closed for long enough.
import { sql } from "drizzle-orm";
import type { Entity } from "../../protocol/entities.ts";
import { DELETED_NAME } from "../../protocol/users.ts";
import type { Purge } from "./bites.ts";
import { withoutMentions } from "./mention-texts.ts";

const SLICE = 100;

/** False when the server closes before that is done. */
export async function purgeReports({ core, userId, goOn }: Purge): Promise<boolean> {
  const { db } = core;
  await db.execute(sql`update reports set reporter_id = null, client_id = null where reporter_id = ${userId}`);
  await db.execute(sql`update reports set closed_by = null where closed_by = ${userId}`);
  await db.execute(sql`update reports set group_closed_by = null where group_closed_by = ${userId}`);
  const mention = JSON.stringify([{ type: "mention", user_id: userId }]);
  for (;;) {
    const copies = await db.execute<{ id: number; body: string; entities: Entity[] }>(sql`
      select id::float8 as id, body, data -> 'entities' as entities from reports
      where data -> 'entities' @> ${mention}::text::jsonb order by id limit ${SLICE}`);
    if (copies.length === 0) return goOn();
    for (const { id, body, entities } of copies) {
      const text = withoutMentions(body, entities, userId, DELETED_NAME)!;
      await db.execute(sql`
        update reports set body = ${text.body}, data = nullif(
          (data - 'entities') || jsonb_strip_nulls(jsonb_build_object('entities', nullif(${JSON.stringify(text.entities)}::text::jsonb, '[]'))), '{}')
        where id = ${id}`);
    }
    if (!(await goOn())) return false;
  }
}
