// A client process of the benchmark, seen from the benchmark: gives it orders and hears what it has to tell, in turn.
import { join } from "node:path";

export class ClientProcess<Order, Told extends { told: string }> {
  private readonly process: Bun.Subprocess;
  private readonly told: Told[] = [];
  private wake: (() => void) | null = null;
  private ended = false;

  /** `script` is a file beside this one. */
  constructor(script: string) {
    this.process = Bun.spawn([process.execPath, join(import.meta.dir, script)], {
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (told: Told) => {
        this.told.push(told);
        this.wake?.();
      },
      onExit: () => {
        this.ended = true;
        this.wake?.();
      },
    });
  }

  order(order: Order) {
    this.process.send(order);
  }

  /** The next thing that it tells, which must be of this kind. Throws when the process has ended. */
  async hear<T extends Told["told"]>(what: T): Promise<Extract<Told, { told: T }>> {
    while (this.told.length === 0 && !this.ended) await new Promise<void>((resolve) => (this.wake = resolve));
    const told = this.told.shift();
    if (!told) throw new Error(`a client process ended before it was ${what}`);
    if (told.told !== what) throw new Error(`a client process was ${told.told} where ${what} was awaited`);
    return told as Extract<Told, { told: T }>;
  }

  async end() {
    this.process.kill();
    await this.process.exited;
  }
}
