// A wire that is preferred, and another one that carries what this server sends while the first is down. Each server decides for
// itself, so all hear both.
import type { Subject, Wire, WireListener } from "./wire.ts";

export class FallbackWire implements Wire {
  private tooLong = 0;

  constructor(
    private readonly preferred: Wire,
    private readonly fallback: Wire,
  ) {}

  /** Of the preferred one: while it is down, others may be unable to reach this server by it. */
  get isUp(): boolean {
    return this.preferred.isUp;
  }

  get maxLength(): number {
    return this.current.maxLength;
  }

  get dropped(): number {
    return this.tooLong + this.preferred.dropped + this.fallback.dropped;
  }

  async start(listener: WireListener) {
    await Promise.all([this.preferred.start(listener), this.fallback.start(listener)]);
  }

  send(subject: Subject, payload: string) {
    const wire = this.current;
    // A bundle that was begun for the other one may be too long; the database has what is in it.
    if (payload.length <= wire.maxLength) wire.send(subject, payload);
    else this.tooLong++;
  }

  async close() {
    await Promise.all([this.preferred.close(), this.fallback.close()]);
  }

  private get current(): Wire {
    return this.preferred.isUp ? this.preferred : this.fallback;
  }
}
