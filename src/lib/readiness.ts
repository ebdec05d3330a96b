// Whether a server is to be sent requests, and if not, why. Each part that must be ready first adds a check; GET /ready asks them.

/** In order of importance: the first that holds is the reason. */
export const NOT_READY = {
  starting: "it is still starting",
  draining: "it is shutting down, and hands its clients over to other servers",
  database_unavailable: "the database does not accept reads and writes",
  history_uncertain: "it is not certain yet that the database still has the history which clients were shown",
  control_channel_down: "it does not hear when a session, a membership or a room ends on another server",
  rooms_unverified: "it has not compared its rooms with the database yet",
} as const;
export type NotReady = keyof typeof NOT_READY;

const ORDER = Object.keys(NOT_READY) as NotReady[];

export class Readiness {
  private phase: "starting" | "running" | "draining" = "starting";
  private readonly checks: (() => NotReady | null)[] = [];

  /** `check` returns why its part is not ready, or null. It is called for each request and must not wait for anything. */
  add(check: () => NotReady | null) {
    this.checks.push(check);
  }

  /** The server listens. */
  start() {
    if (this.phase === "starting") this.phase = "running";
  }

  /** For good: a server that shuts down does not come back. */
  drain() {
    this.phase = "draining";
  }

  get isDraining(): boolean {
    return this.phase === "draining";
  }

  /** Why the server is not ready; null when it is. The database is not asked. */
  get reason(): NotReady | null {
    if (this.phase !== "running") return this.phase;
    const reasons = this.checks.map((check) => check());
    return ORDER.find((reason) => reasons.includes(reason)) ?? null;
  }
}
