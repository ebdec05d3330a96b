// Groups with a long history, for several servers to delete at once: whatever becomes of those servers, nothing of the groups may be left.
import { newUser, type User } from "../support/client.ts";
import { ask } from "./http.ts";
import { connectTo, readFrom, type Target } from "./stored.ts";

// Some hundred milliseconds' work for a purge.
const EVENTS = 30_000;
const TICK_MS = 250;

/** Of one owner, who is in no other room and has no socket. */
export class LargeGroups {
  private owner: Promise<User> | null = null;

  /** Makes as many groups through the server at `url`; null when it can't. */
  async make(count: number, url: string, target: Target): Promise<number[] | null> {
    this.owner ??= newUser(url);
    const owner = await this.owner.catch(() => null);
    if (!owner) {
      this.owner = null;
      return null;
    }
    const ids: number[] = [];
    const sql = connectTo(target);
    try {
      while (ids.length < count) {
        const made = await ask(url, owner.token, "POST", "/groups", { name: "Festival" });
        if (made?.status !== 201) return null;
        const id: number = made.body.group_id;
        await sql`
          with room as (update rooms set last_seq = last_seq + ${EVENTS} where id = ${id} returning last_seq)
          insert into events (room_id, seq, kind, actor_id, body, client_id)
          select ${id}, last_seq - ${EVENTS} + n, 'message', ${owner.id}, 'of long ago', gen_random_uuid()
          from room, generate_series(1, ${EVENTS}) n`;
        ids.push(id);
      }
      return ids;
    } catch {
      // The database is away; this is one fault on top of another.
      return null;
    } finally {
      await sql.end({ timeout: 1 });
    }
  }

  /** Whether the server at `url` says that the group is gone. */
  async delete(id: number, url: string): Promise<boolean> {
    const answer = await ask(url, (await this.owner!).token, "DELETE", `/groups/${id}`);
    return answer?.status === 200;
  }
}

/** Events without a group or a room that is still there, and rooms of groups that are not. */
export const countLeftovers = (target: Target, patienceMs?: number): Promise<number> => {
  const count = async (sql: ReturnType<typeof connectTo>) => {
    const [row] = await sql<{ left: number }[]>`
      with gone as (
        select id from rooms r where kind = 'group' and not exists (select from groups g where g.room_id = r.id))
      select (select count(*) from gone)::int + (select count(*) from events e where room_id in (select id from gone)
        or not exists (select from rooms r where r.id = e.room_id))::int as left`;
    return row!.left;
  };
  return readFrom(target, count, patienceMs);
};

/** What purges leave for good: still after so long. */
export async function observeLeftovers(target: Target, patienceMs: number): Promise<number> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const left = await countLeftovers(target);
    if (left === 0 || Date.now() > deadline) return left;
    await Bun.sleep(TICK_MS);
  }
}
