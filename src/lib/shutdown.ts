// How a process ends: once, at the first signal or for a reason of its own, and at once when it is asked again.

// `bun start` and npm hand on what the terminal has sent to the server already; that is not asking twice.
const REPEATED_SIGNAL_MS = 500;

export interface ShutdownParts {
  /** Ends the process in an orderly way; called once. */
  run(code: number): Promise<void>;
  /** Whatever must be done even then, before a second signal ends the process with 1. */
  abort(): Promise<unknown>;
}

export class Shutdown {
  private since: number | null = null;

  constructor(private readonly parts: ShutdownParts) {}

  get isUnderWay(): boolean {
    return this.since !== null;
  }

  /** Does nothing when the process is ending already. */
  async start(code = 0): Promise<void> {
    if (this.since !== null) return;
    this.since = performance.now();
    await this.parts.run(code);
  }

  /** From now on SIGTERM and SIGINT start it, and a later one ends the process at once. */
  listen(): void {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void this.onSignal());
  }

  private async onSignal(): Promise<void> {
    if (this.since === null) return this.start();
    if (performance.now() - this.since < REPEATED_SIGNAL_MS) return;
    await this.parts.abort();
    process.exit(1);
  }
}
