// What becomes of bundles on their way to a server, over PostgreSQL's notifications or NATS: some are lost, some come twice or late.
// What is told on the control channel comes always, as PostgreSQL promises; it is kept, to be told again minutes later.
import { CONTROL_CHANNEL } from "../../src/db/notify.ts";

export type Trouble = "none" | "lost" | "doubled";

// Of the payloads, while there is trouble.
const SHARE = 0.3;
const MAX_KEPT = 2_000;
const PAYLOAD_AT = 9;

export class BusTrouble {
  mode: Trouble = "none";
  /** Payloads lost, and doubled. */
  readonly done = { lost: 0, doubled: 0 };
  /** Payloads that came over the bus in question. */
  carried = 0;
  /** Control payloads of the past. */
  readonly control: string[] = [];

  /** `isNats`: what is in question is NATS, and notifications of frames, which come while it is down, are left alone. */
  constructor(private readonly isNats: boolean) {}

  onNotification = (channel: string, message: Buffer): Buffer[] => {
    if (channel !== CONTROL_CHANNEL) return this.isNats ? [message] : this.pass(message);
    const payload = message.toString("utf8", PAYLOAD_AT + channel.length + 1, message.length - 1);
    if (this.control.length < MAX_KEPT) this.control.push(payload);
    return [message];
  };

  /** For one connection to NATS: parts what the broker sends into messages. */
  newNatsFilter = (): ((bytes: Buffer) => Buffer) => {
    let rest: Buffer = Buffer.alloc(0);
    return (received) => {
      const bytes = rest.length > 0 ? Buffer.concat([rest, received]) : received;
      const passed: Buffer[] = [];
      let start = 0;
      for (;;) {
        const lineEnd = bytes.indexOf("\r\n", start);
        if (lineEnd < 0) break;
        const words = bytes.toString("latin1", start, lineEnd).split(" ");
        const isMessage = words[0] === "MSG" || words[0] === "HMSG";
        const end = lineEnd + 2 + (isMessage ? Number(words.at(-1)) + 2 : 0);
        if (end > bytes.length) break;
        const message = bytes.subarray(start, end);
        passed.push(...(isMessage ? this.pass(message) : [message]));
        start = end;
      }
      rest = Buffer.from(bytes.subarray(start));
      return Buffer.concat(passed);
    };
  };

  private pass(message: Buffer): Buffer[] {
    this.carried++;
    if (this.mode === "none" || Math.random() > SHARE) return [message];
    this.done[this.mode]++;
    return this.mode === "lost" ? [] : [message, message];
  }
}
