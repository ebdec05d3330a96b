// Hands a server's clients over to other servers before it shuts down. Called by app.ts.
import type { Readiness } from "./lib/readiness.ts";
import type { Hub } from "./realtime/hub.ts";

export interface Draining {
  readiness: Pick<Readiness, "drain">;
  hub: Pick<Hub, "sendAway">;
  stopAccepting(): void;
  /** Whether another server is there for the clients to go to. */
  hasSuccessor(): boolean;
}

// So many that no wave is felt where its clients arrive, and so few that each is worth a timer.
const WAVES = 20;
// So soon is it noticed that the others go as well.
const STEP_MS = 100;

/**
 * Reports that the server is not ready, waits `ms` milliseconds for the load balancer to notice, accepts no more connections, and
 * closes sockets in waves over another `ms`, so that their clients don't all arrive at the other servers at once. Until its turn
 * comes, each socket is served as ever; those with a command in flight come last, and may be left open. Returns at once when there is no
 * server left for them to go to, as when all are stopped together.
 */
export async function drain({ readiness, hub, stopAccepting, hasSuccessor }: Draining, ms: number): Promise<void> {
  readiness.drain();
  for (const end = performance.now() + ms; performance.now() < end; ) {
    if (!hasSuccessor()) return;
    await Bun.sleep(Math.min(STEP_MS, end - performance.now()));
  }
  stopAccepting();
  for (let left = WAVES; left > 0 && hasSuccessor(); left--) {
    hub.sendAway(1 / left);
    await Bun.sleep(ms / WAVES);
  }
}
