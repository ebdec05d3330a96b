// The driver's connection to PostgreSQL over Bun's own sockets: what postgres.js uses of a `net.Socket`, without the streams behind
// it, which take half of the processor time of a statement here. Not for TLS, which needs a real one.
import { EventEmitter } from "node:events";
import type { Socket } from "bun";

export class DriverSocket extends EventEmitter {
  readyState: "opening" | "open" | "closed" = "opening";
  private socket: Socket | null = null;
  /** What the kernel has not taken yet. */
  private unsent: Buffer[] = [];
  private isEnding = false;
  private hasFailed = false;

  connect(path: string): this;
  connect(port: number, hostname: string): this;
  connect(address: string | number, hostname = "localhost"): this {
    const handlers = {
      open: (socket: Socket) => this.onOpen(socket),
      data: (_: Socket, chunk: Buffer) => void this.emit("data", chunk),
      drain: () => this.flush(),
      error: (_: Socket, error: Error) => this.fail(error),
      close: () => this.onClose(),
    };
    const opening =
      typeof address === "string"
        ? Bun.connect({ unix: address, socket: handlers })
        : Bun.connect({ hostname, port: address, socket: handlers });
    opening.catch((error) => {
      if (this.readyState !== "closed") this.fail(error);
      this.onClose();
    });
    return this;
  }

  /** False when the kernel has not taken everything yet; `drain` follows. */
  write(chunk: Buffer, written?: (() => void) | null): boolean {
    const isWritten = this.unsent.length === 0 && this.trySend(chunk);
    written?.();
    return isWritten;
  }

  /** Closes the connection behind what was written. */
  end(chunk?: Buffer): this {
    if (chunk) this.write(chunk);
    this.isEnding = true;
    if (this.unsent.length === 0) this.socket?.end();
    return this;
  }

  destroy(): this {
    // Bun reports the close of an open connection itself.
    if (this.socket) this.socket.terminate();
    else this.onClose();
    return this;
  }

  /** Reads on; the driver pauses while nobody takes what a COPY brings. */
  resume(): this {
    this.socket?.resume();
    return this;
  }

  pause(): this {
    this.socket?.pause();
    return this;
  }

  /** `delay` in milliseconds. */
  setKeepAlive(enable: boolean, delay: number): this {
    this.socket?.setKeepAlive(enable, delay);
    return this;
  }

  private onOpen(socket: Socket) {
    // It was given up while it was being opened.
    if (this.readyState === "closed") return void socket.terminate();
    this.socket = socket;
    this.readyState = "open";
    this.emit("connect");
  }

  /** Keeps what the kernel does not take; a connection that has closed takes nothing, and says so by `close`. */
  private trySend(chunk: Buffer): boolean {
    const count = this.socket?.write(chunk) ?? chunk.length;
    if (count < 0 || count === chunk.length) return true;
    this.unsent.push(chunk.subarray(count));
    return false;
  }

  private flush() {
    const chunks = this.unsent;
    this.unsent = [];
    for (const [i, chunk] of chunks.entries()) {
      if (this.trySend(chunk)) continue;
      this.unsent.push(...chunks.slice(i + 1));
      return;
    }
    if (this.isEnding) this.socket?.end();
    else this.emit("drain");
  }

  private fail(error: Error) {
    this.hasFailed = true;
    this.emit("error", error);
  }

  private onClose() {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.socket = null;
    this.unsent = [];
    this.emit("close", this.hasFailed);
  }
}
