// A bus between the servers of one test that loses, repeats, delays and reorders what it carries, as told.
import type { Subject, Wire, WireListener } from "../../src/bus/wire.ts";
import { Chance } from "./random.ts";

export interface Weather {
  /** Shares of payloads, from 0 to 1. */
  loss?: number;
  repeats?: number;
  /** At most, in milliseconds; each payload draws its own, so that they overtake each other. */
  delayMs?: number;
}

export class MemoryNetwork {
  weather: Weather = {};
  carried = 0;
  private readonly chance: Chance;
  private readonly wires = new Set<MemoryWire>();

  constructor(seed = 1) {
    this.chance = new Chance(seed, "network");
  }

  newWire(): MemoryWire {
    const wire = new MemoryWire(this);
    this.wires.add(wire);
    return wire;
  }

  /** Cuts all servers off from each other, until `restore`. */
  cut() {
    for (const wire of this.wires) wire.isUp = false;
  }

  restore() {
    for (const wire of this.wires) {
      wire.isUp = true;
      wire.listener?.onGap();
    }
  }

  /** Loses what `work` has servers send. */
  async lose(work: () => Promise<unknown>) {
    this.weather = { loss: 1 };
    await work();
    // What a turn has to send goes at its end.
    await new Promise(setImmediate);
    this.weather = {};
  }

  carry(from: MemoryWire, payload: string) {
    const { loss = 0, repeats = 0, delayMs = 0 } = this.weather;
    for (const wire of this.wires) {
      if (wire === from) continue;
      if (this.chance.next() < loss) continue;
      const times = this.chance.next() < repeats ? 2 : 1;
      for (let i = 0; i < times; i++) {
        this.carried++;
        const arrive = () => wire.isUp && wire.listener?.onPayload(payload);
        if (delayMs === 0) queueMicrotask(arrive);
        else setTimeout(arrive, this.chance.next() * delayMs);
      }
    }
  }

  remove(wire: MemoryWire) {
    this.wires.delete(wire);
  }
}

export class MemoryWire implements Wire {
  readonly maxLength = 256 * 1024;
  isUp = true;
  dropped = 0;
  listener: WireListener | null = null;

  constructor(private readonly network: MemoryNetwork) {}

  async start(listener: WireListener) {
    this.listener = listener;
  }

  send(_subject: Subject, payload: string) {
    if (this.isUp) this.network.carry(this, payload);
    else this.dropped++;
  }

  async close() {
    this.network.remove(this);
  }
}
