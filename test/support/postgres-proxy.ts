// A proxy between a server and its database, in the hands of a test: responses can be swallowed, withheld and delayed, connections cut
// and refused.
import { rm } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { DatabaseTarget } from "../../src/db/client.ts";
import { DelayLine } from "./delay-line.ts";
import { newDir } from "./server-process.ts";

// PostgreSQL's Parse message: P, four bytes of length, the statement's name, its words.
const PARSE = /P.{4}([^\0]*)\0([^\0]*)\0/gs;

// Bind: B, four bytes of length, no portal, no statement's name.
const BIND_UNNAMED = /^B.{4}\0\0/s;

type SocketTarget = Exclude<DatabaseTarget, string>;

export class PostgresProxy {
  /** What a server is given in place of the database's own address. */
  target!: DatabaseTarget;
  /** Where it listens, in front of a database on a UNIX socket. */
  socket!: string;
  /** Called with each notification on its way to a server; returns what comes there in its place. Set it before the first connection. */
  onNotification: ((channel: string, message: Buffer) => Buffer[]) | null = null;
  /** Everything the database sends takes up to so many milliseconds, in order; 0 for no delay. */
  delayMs = 0;
  /** The same of notifications alone, which come between the responses to statements. */
  notificationDelayMs = 0;
  /** Every statement that servers have sent, in words. */
  readonly statements = new Set<string>();
  private mode: "open" | "swallow" | "refuse" = "open";
  private trigger: string | null = null;
  private snag: string | null = null;
  private withheld: { words: string; answers: (() => void)[] } | null = null;
  private readonly sockets = new Set<Socket>();
  private readonly pairs = new Set<{ far: Socket; isLost: boolean }>();
  private stop!: () => Promise<void>;

  /**
   * In front of this database. A function is asked for each connection, and may throw while there is none. With `address` clients
   * connect over TCP, to the port that is put into this one.
   */
  static async to(
    real: DatabaseTarget | (() => Promise<SocketTarget>),
    { address: given }: { address?: string } = {},
  ): Promise<PostgresProxy> {
    const proxy = new PostgresProxy();
    const url = typeof real === "string" || given ? new URL(given ?? (real as string)) : null;
    const address = async () => {
      if (typeof real === "string") return { host: url!.hostname, port: Number(upstreamPort) };
      return { path: (typeof real === "function" ? await real() : (real as SocketTarget)).socket };
    };
    const upstreamPort = url?.port || 5432;
    const server = createServer({ pauseOnConnect: true }, (near) => {
      address().then(
        (to) => proxy.join(near, createConnection(to as { path: string })),
        () => near.destroy(),
      );
    });
    const dir = await newDir();
    proxy.socket = join(dir, ".s.PGSQL.5432");
    await new Promise<void>((resolve) =>
      url ? server.listen(0, "127.0.0.1", resolve) : server.listen(proxy.socket, resolve),
    );
    if (url) url.port = String((server.address() as { port: number }).port);
    if (url || typeof real !== "function")
      proxy.target = url ? url.href : { ...(real as SocketTarget), socket: proxy.socket };
    proxy.stop = async () => {
      proxy.cut();
      server.close();
      await rm(dir, { recursive: true, force: true });
    };
    return proxy;
  }

  /** The database hears everything and answers nobody. */
  swallowAnswers() {
    this.mode = "swallow";
  }

  /** The same, from the moment on when a server's write path runs a statement with these words in it. */
  swallowAnswersTo(words: string) {
    this.trigger = words;
  }

  /** Answers on connections that have ever run a statement with these words wait until the line is open again. */
  withholdAnswersTo(words: string) {
    this.withheld = { words, answers: [] };
  }

  /**
   * Every connection of now dies in silence: nothing comes through any more, and no end of it either. New ones work. With `far`
   * the database has seen its side end.
   */
  lose({ far = false } = {}) {
    for (const pair of this.pairs) {
      pair.isLost = true;
      if (far) pair.far.destroy();
    }
  }

  /** Every connection ends, as when a cable is pulled and put back. */
  cut() {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Nobody gets through. */
  refuse() {
    this.mode = "refuse";
    this.cut();
  }

  /** Connections end at a statement with these words in it. */
  cutAt(words: string) {
    this.snag = words;
  }

  open() {
    this.mode = "open";
    this.trigger = null;
    this.snag = null;
    const answers = this.withheld?.answers ?? [];
    this.withheld = null;
    for (const answer of answers) answer();
  }

  close() {
    return this.stop();
  }

  private join(near: Socket, far: Socket) {
    if (this.mode === "refuse") {
      near.destroy();
      far.destroy();
      return;
    }
    const pair = { far, isLost: false };
    this.pairs.add(pair);
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.sockets.delete(socket);
        // Neither side hears of the other's end.
        if (pair.isLost) return;
        this.pairs.delete(pair);
        near.destroy();
        far.destroy();
      });
    }
    // Statements are sent in words once a connection, and from then on by the name that they were given.
    const names = new Map<string, string>();
    // One without a name is the last one that was sent so.
    let unnamed = "";
    const runsUnnamed = (text: string, statement: string) => statement === unnamed && BIND_UNNAMED.test(text);
    let isWriter: boolean | null = null;
    far.once("connect", () => {
      near.on("data", (bytes: Buffer) => {
        if (pair.isLost) return;
        const text = bytes.toString("latin1");
        // Its name comes first. What others do meanwhile (receipts, presence) is by chance.
        isWriter ??= text.includes("realtime-chat writer");
        if (this.snag && text.includes(this.snag)) return near.destroy();
        const { trigger } = this;
        for (const [, name, statement] of text.matchAll(PARSE)) {
          names.set(statement!, name!);
          if (name === "") unnamed = statement!;
          this.statements.add(statement!);
        }
        for (const [statement, name] of trigger && isWriter ? names : [])
          if (statement.includes(trigger!) && (name ? text.includes(`\0${name}\0`) : runsUnnamed(text, statement)))
            this.mode = "swallow";
        far.write(bytes);
      });
      near.resume();
    });
    const line = new DelayLine((bytes) => near.write(bytes));
    const carry = (bytes: Buffer) => {
      if (this.mode === "swallow" || pair.isLost || bytes.length === 0) return;
      const { withheld } = this;
      if (withheld && [...names.keys()].some((statement) => statement.includes(withheld.words)))
        withheld.answers.push(() => line.pass(bytes, this.delayMs));
      else line.pass(bytes, this.delayMs);
    };
    const late = new DelayLine(carry);
    const { onNotification } = this;
    const filter =
      onNotification &&
      new NotificationFilter((channel, message) => {
        const messages = onNotification(channel, message);
        if (this.notificationDelayMs === 0 && late.isEmpty) return messages;
        for (const each of messages) late.pass(each, this.notificationDelayMs);
        return [];
      });
    far.on("data", (received: Buffer) => carry(filter ? filter.take(received) : received));
  }
}

// Of PostgreSQL's messages: the type, then the length without it.
const HEAD_BYTES = 5;
const NOTIFICATION = "A".charCodeAt(0);
// In a notification, the sender's process id comes before the channel.
const CHANNEL_AT = HEAD_BYTES + 4;

/** Parts what a database sends into messages, to get at the notifications. */
class NotificationFilter {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly replace: (channel: string, message: Buffer) => Buffer[]) {}

  /** Whole messages only; what is left of the last one comes with the next bytes. */
  take(received: Buffer): Buffer {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, received]) : received;
    const passed: Buffer[] = [];
    let start = 0;
    while (bytes.length - start >= HEAD_BYTES) {
      const end = start + 1 + bytes.readInt32BE(start + 1);
      if (end > bytes.length) break;
      const message = bytes.subarray(start, end);
      if (message[0] !== NOTIFICATION) passed.push(message);
      else passed.push(...this.replace(message.toString("utf8", CHANNEL_AT, message.indexOf(0, CHANNEL_AT)), message));
      start = end;
    }
    this.rest = bytes.subarray(start);
    return passed.length === 1 ? passed[0]! : Buffer.concat(passed);
  }
}
