// Removes what was a deleted account's, in the background and in bites, and finishes what renames have left. Nothing is kept in memory of how far that has come: each step
// looks for what is left, so that it goes on after a crash, and on another server.
import type { Core } from "../../core.ts";
import { safeError } from "../../lib/log.ts";

const RETRY_MS = 1_000;
/**
 * An account is looked through once more after so long: what requests were storing that had been let in before it was deleted is gone
 * then as well. Longer than any request takes.
 */
const LAST_PASS_MINUTES = 10;
const SLICE = 100;

export class AccountPurge {
  private running: Promise<void> | null = null;
  private isRequested = false;
  private isClosing = false;
  private retryTimer: Timer | null = null;

  constructor(private readonly core: Core) {}

  /** Goes on with every account that is not gone completely. To be called after a deletion, at start, and from time to time. */
  start() {
    if (this.isClosing) return;
    this.isRequested = true;
    this.running ??= this.run();
  }

  /** Resolves once the bite in progress is done. */
  async close() {
    this.isClosing = true;
    await this.running;
  }

  private async run() {
    while (this.isRequested && !this.isClosing) {
      this.isRequested = false;
      await this.purge().catch((error) => this.retry(error));
    }
    this.running = null;
  }

  private retry(error: unknown) {
    if (this.isClosing || this.retryTimer) return;
    this.core.log.warn({ error: safeError(error) }, "deleted or renamed accounts could not be finished yet");
    this.retryTimer = setTimeout(() => {
      this.retryTimer = null;
      this.start();
    }, RETRY_MS).unref();
  }

  private async purgeOne(id: number, isLastPass: boolean) {
    const { purgeAccount } = await import("./purge-account.ts");
    if ((await purgeAccount(this.core, id, () => this.isClosing)) && isLastPass)
      await this.core.sql`update users set purged_at = now() where id = ${id}`;
  }

  /** Names that a server which has stopped meanwhile had not brought everywhere. */
  private async finishRenames() {
    const renamed = await this.core.sql<{ id: number; username: string }[]>`
      select id, username from users where renamed_at is not null order by id`;
    for (const { id, username } of renamed) {
      const { renameInRooms } = await import("./rename.ts");
      await renameInRooms(this.core, id, username, () => this.isClosing).catch((error) => this.retry(error));
      if (this.isClosing) return;
    }
  }

  private async purge() {
    await this.finishRenames();
    for (let after = 0; !this.isClosing; ) {
      const accounts = await this.core.sql<{ id: number; isLastPass: boolean }[]>`
        select id, deleted_at < now() - ${LAST_PASS_MINUTES} * interval '1 minute' as "isLastPass" from users
        where deleted_at is not null and purged_at is null and id > ${after} order by id limit ${SLICE}`;
      for (const { id, isLastPass } of accounts) {
        // One that can't be removed holds up no others.
        await this.purgeOne(id, isLastPass).catch((error) => this.retry(error));
        if (this.isClosing) return;
      }
      if (accounts.length < SLICE) return;
      after = accounts.at(-1)!.id;
    }
  }
}
