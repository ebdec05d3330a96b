// The network between clients and a server, in the test's hands: a TCP proxy whose connections can be cut, delayed, and
// turned deaf or dumb. It knows nothing of what it carries.
import { createConnection, createServer, type Server, type Socket } from "node:net";

/** `reset` is a cable pulled and noticed at once (RST), `close` an orderly end. */
export type Cut = "reset" | "close";
/** What is swallowed: `requests` never reach the server, `answers` never the client. */
export type Silence = "requests" | "answers" | "both";

interface Line {
  near: Socket;
  far: Socket;
  silence: Silence | null;
}

export class Network {
  private readonly lines = new Set<Line>();
  private delayMs = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** Listens on a free port and hands on to `port` of this machine. */
  static async to(port: number): Promise<Network> {
    let network: Network;
    const server = createServer({ noDelay: true }, (near) =>
      network.join(near, createConnection({ port, host: "127.0.0.1", noDelay: true })),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    network = new Network(server, `http://127.0.0.1:${(server.address() as { port: number }).port}`);
    return network;
  }

  get connections() {
    return this.lines.size;
  }

  /** Ends the connections that `chosen` says (all of them if left out); answers how many. */
  cut(how: Cut, chosen: () => boolean = () => true): number {
    const victims = [...this.lines].filter(chosen);
    for (const line of victims) this.end(line, how);
    return victims.length;
  }

  /** Swallows what the chosen connections carry from now on, which then can only be cut; answers a function that cuts them. */
  silence(what: Silence, chosen: () => boolean = () => true): () => number {
    const victims = [...this.lines].filter(chosen);
    for (const line of victims) line.silence = what;
    return () => {
      const left = victims.filter((line) => this.lines.has(line));
      for (const line of left) this.end(line, "reset");
      return left.length;
    };
  }

  /** From now on everything takes up to this long on its way; 0 ends it. Order is kept. */
  delay(upToMs: number) {
    this.delayMs = upToMs;
  }

  close() {
    this.cut("reset");
    this.server.close();
  }

  private join(near: Socket, far: Socket) {
    const line: Line = { near, far, silence: null };
    this.lines.add(line);
    this.carry(near, far, () => line.silence === "requests" || line.silence === "both");
    this.carry(far, near, () => line.silence === "answers" || line.silence === "both");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on("error", () => {});
      // What was written to the other side still goes out: a close frame, say.
      socket.on("close", () => {
        this.lines.delete(line);
        other.end();
      });
    }
  }

  private end(line: Line, how: Cut) {
    this.lines.delete(line);
    for (const socket of [line.near, line.far]) {
      if (how === "reset") socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  private carry(from: Socket, to: Socket, isSilent: () => boolean) {
    // A queue and one timer, so that no chunk overtakes another.
    const queue: { bytes: Buffer; due: number }[] = [];
    const pump = () => {
      while (queue.length > 0 && queue[0]!.due <= performance.now()) to.write(queue.shift()!.bytes);
      if (queue.length > 0) setTimeout(pump, Math.max(1, queue[0]!.due - performance.now()));
    };
    from.on("data", (bytes: Buffer) => {
      if (isSilent()) return;
      if (this.delayMs === 0 && queue.length === 0) return to.write(bytes);
      queue.push({ bytes, due: performance.now() + Math.random() * this.delayMs });
      if (queue.length === 1) pump();
    });
  }
}
