// The connection on which a server listens to the notifications of PostgreSQL. The driver opens it again whenever it is lost; what
// was sent meanwhile is lost, which `onListen` tells.
import type { SqlClient } from "./connect.ts";

// Nothing may be sent for hours: so that a dead connection is found, it is asked for something now and then.
const PROBE_MS = 3_000;

export class Listener {
  private heardAt = performance.now();
  private isProbing = false;
  private timer: ReturnType<typeof setInterval> | null = null;

  /** `sql` is a client of its own, for this connection alone. */
  constructor(private readonly sql: SqlClient) {}

  /** Resolves once the channel is listened to; `onListen` is called then, and whenever it is again. */
  async listen(channel: string, onPayload: (payload: string) => void, onListen: () => void): Promise<void> {
    await this.sql.listen(
      channel,
      (payload) => {
        this.heardAt = performance.now();
        onPayload(payload);
      },
      () => {
        this.heardAt = performance.now();
        onListen();
      },
    );
    this.timer ??= setInterval(() => void this.probe(), PROBE_MS);
    this.timer.unref();
  }

  /** For how long, in milliseconds, nothing has come on the connection. Up to PROBE_MS is nothing unusual. */
  get silentMs(): number {
    return performance.now() - this.heardAt;
  }

  /** Whether notifications arrive, as far as is known. */
  get isUp(): boolean {
    return this.silentMs < 2 * PROBE_MS;
  }

  async close(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.sql.end({ timeout: 1 });
  }

  /** On the very connection that listens, which the driver keeps in `listen.sql`. */
  private async probe() {
    const { sql } = this.sql.listen as unknown as { sql?: SqlClient };
    if (this.isProbing || !sql) return;
    this.isProbing = true;
    try {
      await sql`select 1`;
      this.heardAt = performance.now();
    } catch {
      // It is opened again by the driver.
    } finally {
      this.isProbing = false;
    }
  }
}
