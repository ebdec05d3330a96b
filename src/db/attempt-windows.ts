// Attempts that the servers on a database count together: of passwords and registrations, a few a second at most. A key stands in the
// table only as its hash, since it holds names and addresses.
import type { Budget, SharedWindows } from "../lib/shared-windows.ts";
import type { SqlClient } from "./connect.ts";

interface Counted {
  key: string;
  used: number;
  wait: number;
}

class UsedUp extends Error {
  constructor(readonly result: { usedUp: Budget; wait: number }) {
    super("a budget is used up");
  }
}

const hashOf = (key: string) => new Bun.CryptoHasher("sha256").update(key).digest("base64url");

export class AttemptWindows implements SharedWindows {
  constructor(private readonly sql: SqlClient) {}

  /** A statement counts all and locks their rows in order of key; where one is used up, its transaction is rolled back. */
  async use(budgets: Budget[]) {
    const keys = budgets.map(({ key }) => hashOf(key));
    try {
      await this.sql.begin(async (tx) => {
        const counted = await tx<Counted[]>`
          insert into attempt_windows as w (key, used, ends_at)
          select key, 1, clock_timestamp() + seconds * interval '1 second'
          from unnest(${keys}::text[], ${budgets.map(({ seconds }) => seconds)}::int[]) i (key, seconds) order by key
          on conflict (key) do update set
            used = case when w.ends_at > clock_timestamp() then w.used + 1 else 1 end,
            ends_at = case when w.ends_at > clock_timestamp() then w.ends_at else excluded.ends_at end
          returning key, used, extract(epoch from ends_at - clock_timestamp())::float8 as wait`;
        const byKey = new Map(counted.map((row) => [row.key, row]));
        for (const [i, usedUp] of budgets.entries()) {
          const { used, wait } = byKey.get(keys[i]!)!;
          if (used > usedUp.points) throw new UsedUp({ usedUp, wait });
        }
      });
      return null;
    } catch (error) {
      if (error instanceof UsedUp) return error.result;
      throw error;
    }
  }

  async giveBack(budgets: Budget[]) {
    if (budgets.length === 0) return;
    await this.sql`
      with w as materialized (
        select key from attempt_windows where key = any (${budgets.map(({ key }) => hashOf(key))}::text[]) order by key for update
      )
      update attempt_windows a set used = greatest(used - 1, 0) from w where a.key = w.key`;
  }

  clear({ key }: Budget) {
    return this.sql`delete from attempt_windows where key = ${hashOf(key)}`;
  }

  async isRemembered(key: string) {
    const [row] = await this.sql`
      select 1 from attempt_windows where key = ${hashOf(key)} and ends_at > clock_timestamp()`;
    return row !== undefined;
  }

  remember(key: string, seconds: number) {
    return this.sql`
      insert into attempt_windows (key, used, ends_at)
      values (${hashOf(key)}, 1, clock_timestamp() + ${seconds} * interval '1 second')
      on conflict (key) do update set ends_at = excluded.ends_at`;
  }

  /** Deletes windows that have ended. */
  sweep() {
    return this.sql`delete from attempt_windows where ends_at <= clock_timestamp()`;
  }
}
