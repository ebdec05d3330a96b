// A TCP proxy between clients and a server, in the hands of a test: its connections can be cut, refused, delayed and silenced,
// and the servers behind it can be others at any time. It knows nothing of what it carries.
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { DelayLine } from "./delay-line.ts";

/** `reset` is a cable pulled and noticed at once (RST), `close` an orderly end. */
export type Cut = "reset" | "close";
/** What is swallowed: `requests` never reach the server, `answers` never the client. */
export type Silence = "requests" | "answers" | "both";

interface Link {
  near: Socket;
  far: Socket;
  silence: Silence | null;
}

export class TcpProxy {
  /** Whether new connections are accepted. */
  isUp = true;
  /** How many connections were cut. */
  cuts = 0;
  /** Makes, for each connection, what decides what comes of the bytes that the server sends. */
  filter: (() => (bytes: Buffer) => Buffer) | null = null;
  /** Called with the length of what a client has sent, before it goes on. */
  onSent: ((bytes: number) => void) | null = null;
  private readonly links = new Set<Link>();
  private delayMs = 0;

  private constructor(
    private readonly server: Server,
    private ports: number[],
  ) {}

  /** Listens on a free port, in front of the server at this address; of several, each connection goes to any that accepts it. */
  static async start(...upstreams: string[]): Promise<TcpProxy> {
    const server = createServer({ noDelay: true, pauseOnConnect: true }, (near) => void proxy.accept(near));
    const proxy = new TcpProxy(server, upstreams.map(portOf));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  get connections() {
    return this.links.size;
  }

  /** Ends the connections that `chosen` says (all of them if left out); returns how many. */
  cut(how: Cut = "close", chosen: () => boolean = () => true): number {
    const targets = [...this.links].filter(chosen);
    for (const link of targets) this.end(link, how);
    this.cuts += targets.length;
    return targets.length;
  }

  /** Swallows what the chosen connections carry from now on, which then can only be cut; returns a function that cuts them. */
  silence(what: Silence, chosen: () => boolean = () => true): () => number {
    const targets = [...this.links].filter(chosen);
    for (const link of targets) link.silence = what;
    return () => {
      const left = targets.filter((link) => this.links.has(link));
      for (const link of left) this.end(link, "reset");
      return left.length;
    };
  }

  /** From now on everything takes up to this long on its way; 0 ends it. Order is kept. */
  delay(upToMs: number) {
    this.delayMs = upToMs;
  }

  /** New connections go to the server at this address, or to any of several. */
  moveTo(...upstreams: string[]) {
    this.ports = upstreams.map(portOf);
  }

  async close() {
    // A connection that is being accepted would be waited for.
    this.isUp = false;
    this.cut("reset");
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async accept(near: Socket) {
    if (!this.isUp) return near.destroy();
    near.on("error", () => {});
    const far = await this.connect();
    if (!far || near.destroyed || !this.isUp) {
      far?.destroy();
      return near.destroy();
    }
    const link: Link = { near, far, silence: null };
    this.links.add(link);
    near.on("data", (bytes: Buffer) => this.onSent?.(bytes.length));
    this.carry(near, far, () => link.silence === "requests" || link.silence === "both");
    this.carry(far, near, () => link.silence === "answers" || link.silence === "both", this.filter?.());
    near.resume();
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on("error", () => {});
      // What was written to the other side still goes out: a close frame, say.
      socket.on("close", () => {
        this.links.delete(link);
        other.end();
      });
    }
  }

  /** To a server chosen by chance, or to the next one when that refuses; null when all do. */
  private async connect(): Promise<Socket | null> {
    const ports = this.ports.toSorted(() => Math.random() - 0.5);
    for (const port of ports) {
      const far = createConnection({ port, host: "127.0.0.1", noDelay: true });
      const isOpen = await new Promise<boolean>((resolve) => {
        far.once("connect", () => resolve(true));
        far.once("error", () => resolve(false));
      });
      if (isOpen) return far;
    }
    return null;
  }

  private end(link: Link, how: Cut) {
    this.links.delete(link);
    for (const socket of [link.near, link.far]) {
      if (how === "reset") socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  private carry(from: Socket, to: Socket, isSilent: () => boolean, filter?: (bytes: Buffer) => Buffer) {
    const line = new DelayLine((bytes) => to.write(bytes));
    from.on("data", (received: Buffer) => {
      if (isSilent()) return;
      const bytes = filter ? filter(received) : received;
      if (bytes.length > 0) line.pass(bytes, this.delayMs);
    });
  }
}

const portOf = (url: string) => Number(new URL(url).port);
