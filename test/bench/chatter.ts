// A client process whose clients are chats of the SDK, with its own waits: notes for each how long it went without a message when it lost
// its server, and that no message is missing. Told what to do by loads/failover.ts.
import { type Chat, createChat } from "../../src/sdk/index.ts";
import { type ChatterOrder, type ChatterTold, type Failover, instant } from "./plan.ts";

// More handshakes at once only queue in the kernel.
const CONNECTING = 50;

interface Loss extends Omit<Failover, "firstAt"> {
  firstAt: number | null;
}

class Chatter {
  readonly losses: Loss[] = [];
  readonly faults: string[] = [];
  private readonly lastSeq = new Map<string, number>();
  private lastAt = 0;
  private loss: Loss | null = null;
  private readonly chat: Chat;

  constructor(url: string, token: string) {
    this.chat = createChat({ url, token });
    this.chat.onMessage(({ room, message }) => this.onMessage(room, message.seq));
  }

  /** Resolves when it is open. */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      let isOpen = false;
      this.chat.connection.subscribe(() => {
        const { state, reason } = this.chat.connection.getSnapshot();
        if (state === "closed") reject(new Error(`a chat was closed: ${reason}`));
        if (state === "open") {
          isOpen = true;
          if (this.loss) this.loss.openAt ??= instant();
          resolve();
        } else if (state === "connecting" && this.loss?.openAt === null) {
          this.loss.attempts++;
          this.loss.triedAt = instant();
        } else if (state === "waiting" && isOpen) {
          isOpen = false;
          this.loss = { lastAt: this.lastAt, lostAt: instant(), triedAt: 0, attempts: 0, openAt: null, firstAt: null };
          this.losses.push(this.loss);
        }
      });
    });
  }

  get isWaiting() {
    return this.losses.some(({ firstAt }) => firstAt === null);
  }

  close() {
    this.chat.close();
  }

  private onMessage(room: string, seq: number) {
    const last = this.lastSeq.get(room);
    if (last !== undefined && seq !== last + 1) this.faults.push(`in ${room} seq ${seq} came after ${last}`);
    this.lastSeq.set(room, seq);
    this.lastAt = instant();
    if (this.loss) this.loss.firstAt ??= this.lastAt;
  }
}

const chatters: Chatter[] = [];
const tell = (told: ChatterTold) => process.send!(told);

async function connect({ url, tokens }: Extract<ChatterOrder, { order: "connect" }>) {
  for (let i = 0; i < tokens.length; i += CONNECTING) {
    const some = tokens.slice(i, i + CONNECTING).map((token) => new Chatter(url, token));
    chatters.push(...some);
    await Promise.all(some.map((chatter) => chatter.connect()));
  }
  tell({ told: "connected" });
}

/** Tells what was lost since it was last asked, once everybody sees messages again. */
async function collect(limitMs: number) {
  const deadline = performance.now() + limitMs;
  while (chatters.some(({ isWaiting }) => isWaiting) && performance.now() < deadline) await Bun.sleep(10);
  const faults = chatters.flatMap((chatter) => chatter.faults.splice(0));
  const losses = chatters.flatMap((chatter) => chatter.losses.splice(0));
  const failovers = losses.filter((loss): loss is Failover => loss.firstAt !== null);
  if (failovers.length < losses.length) {
    faults.push(`${losses.length - failovers.length} clients saw no message within ${limitMs} ms`);
  }
  tell({ told: "collected", failovers, faults });
}

process.on("message", (order: ChatterOrder) => {
  if (order.order === "connect") void connect(order);
  else void collect(order.limitMs);
});
// Never outlives the benchmark.
process.on("disconnect", () => process.exit());
