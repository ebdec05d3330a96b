// A TCP proxy that a test can cut: at a word, at random, or by swallowing everything in silence. The server behind it may
// be another one at any time.
import { connect, createServer, type Server, type Socket } from "node:net";

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class TcpProxy {
  /** Whether new connections are taken. */
  isUp = true;
  /** While true everything is swallowed, in both directions. */
  isSilent = false;
  cuts = 0;
  private readonly pairs = new Set<[Socket, Socket]>();

  private constructor(
    private readonly server: Server,
    public upstreamPort: number,
  ) {}

  /** In front of the server at this address. */
  static async start(upstream: string): Promise<TcpProxy> {
    const server = createServer((inner) => proxy.accept(inner));
    const proxy = new TcpProxy(server, portOf(upstream));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  get connections() {
    return this.pairs.size;
  }

  moveTo(upstream: string) {
    this.upstreamPort = portOf(upstream);
  }

  /** Cuts connections without a goodbye; with `random` each with the probability `share`. */
  cut(random: () => number = () => 0, share = 1) {
    for (const pair of [...this.pairs]) {
      if (random() >= share) continue;
      this.cuts++;
      for (const socket of pair) socket.destroy();
      this.pairs.delete(pair);
    }
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(inner: Socket) {
    if (!this.isUp) return inner.destroy();
    const outer = connect(this.upstreamPort, "127.0.0.1");
    const pair: [Socket, Socket] = [inner, outer];
    this.pairs.add(pair);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      from.setNoDelay(true);
      from.on("data", (chunk) => this.isSilent || to.write(chunk));
      from.on("end", () => this.isSilent || to.end());
      from.on("error", () => {});
      from.on("close", () => {
        this.pairs.delete(pair);
        to.destroy();
      });
    }
  }
}

const portOf = (url: string) => Number(new URL(url).port);
