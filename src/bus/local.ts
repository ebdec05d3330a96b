// The bus of a single process: Bun's native topics, and listeners called in place.
import type { Server } from "bun";
import type { Bus, Signal, Topic } from "./bus.ts";

export class LocalBus implements Bus {
  private server: Server<unknown> | null = null;
  private readonly listeners: ((signal: Signal) => void)[] = [];

  /** Called once the server listens; what is published before reaches nobody, for nobody is there. */
  attach(server: Server<unknown>) {
    this.server = server;
  }

  publish(topic: Topic, frame: string) {
    // The result is of no use: 0 means that it was dropped for at least one subscriber, who is then cut off and resumes.
    this.server?.publish(topic, frame, false);
  }

  signal(signal: Signal) {
    for (const listener of this.listeners) listener(signal);
  }

  onSignal(listener: (signal: Signal) => void) {
    this.listeners.push(listener);
  }
}
