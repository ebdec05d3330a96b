// A client process whose clients are cut off and come back: each knows the last place it saw in each of its rooms, asks for what
// it missed, and checks that it gets all of it once and in order. Told what to do by loads/storm.ts.
import type { ResumerOrder, ResumerPlan, ResumerTold } from "./plan.ts";

// At the start, when nothing is measured: more handshakes at once only queue in the kernel.
const CONNECTING = 100;
// What a client does that finds no server: tries again soon.
const RETRY_MS = 50;
const PONG = '{"type":"pong"}';

class Resumer {
  private ws: WebSocket | null = null;
  private readonly lastSeq: Map<string, number>;
  private replayed = 0;
  readonly faults: string[] = [];

  constructor(
    private url: string,
    private readonly token: string,
    rooms: string[],
  ) {
    this.lastSeq = new Map(rooms.map((room) => [room, 0]));
  }

  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const ws = this.open();
      ws.onopen = () => ws.send('{"type":"ping"}');
      ws.onmessage = ({ data }) => data === PONG && resolve();
      ws.onclose = ({ code, reason }) => reject(new Error(`closed with ${code} ${reason}`));
    });
  }

  cut() {
    this.ws!.onclose = null;
    this.ws!.terminate();
  }

  /** Connects and asks for what was missed; resolves once all of it is there. `retries` counts connections that failed. */
  async resume(missed: number, url: string | undefined, retries: { count: number }): Promise<void> {
    if (url !== undefined) this.url = url;
    this.replayed = 0;
    while (!(await this.tryToResume())) {
      retries.count++;
      await Bun.sleep(RETRY_MS);
    }
    if (this.replayed !== missed) this.faults.push(`a client was sent ${this.replayed} of ${missed} missed messages`);
  }

  private tryToResume(): Promise<boolean> {
    return new Promise((resolve) => {
      const ws = this.open();
      ws.onopen = () => ws.send(JSON.stringify({ type: "resume", rooms: Object.fromEntries(this.lastSeq) }));
      ws.onclose = () => resolve(false);
      ws.onmessage = ({ data }) => {
        if (this.receive(JSON.parse(data as string))) resolve(true);
      };
    });
  }

  private open(): WebSocket {
    this.ws = new WebSocket(`${this.url.replace("http", "ws")}/ws?token=${this.token}`);
    return this.ws;
  }

  /** True once everything has been replayed. */
  private receive(frame: { type: string; seq?: number; data?: Record<string, unknown> }): boolean {
    if (frame.type === "message.new") this.place(`conversation:${frame.data!.conversation_id}`, frame.seq!);
    else if (frame.type === "group.message.new") this.place(`group:${frame.data!.group_id}`, frame.seq!);
    else if (frame.type === "resync" || frame.type === "error") this.faults.push(JSON.stringify(frame).slice(0, 200));
    else if (frame.type === "resumed") return frame.data!.more === false;
    return false;
  }

  private place(room: string, seq: number) {
    const last = this.lastSeq.get(room) ?? 0;
    if (seq !== last + 1) this.faults.push(`in ${room} seq ${seq} came after ${last}`);
    this.lastSeq.set(room, seq);
    this.replayed++;
  }
}

let resumers: Resumer[] = [];
const tell = (told: ResumerTold) => process.send!(told);

async function connect({ url, clients }: ResumerPlan) {
  resumers = clients.map(({ token, rooms }) => new Resumer(url, token, rooms));
  for (let i = 0; i < resumers.length; i += CONNECTING) {
    await Promise.all(resumers.slice(i, i + CONNECTING).map((resumer) => resumer.connect()));
  }
  tell({ told: "ready" });
}

async function resume(missed: number, url: string | undefined) {
  const began = performance.now();
  const seconds: number[] = [];
  const retries = { count: 0 };
  const each = resumers.map((resumer) =>
    resumer.resume(missed, url, retries).then(() => seconds.push((performance.now() - began) / 1000)),
  );
  await Promise.all(each);
  const faults = resumers.flatMap((resumer) => resumer.faults.splice(0));
  tell({ told: "resumed", seconds, retries: retries.count, faults });
}

process.on("message", (order: ResumerOrder) => {
  if (order.order === "connect") void connect(order.plan);
  else if (order.order === "resume") void resume(order.missed, order.url);
  else {
    for (const resumer of resumers) resumer.cut();
    tell({ told: "cut" });
  }
});
// Never outlives the benchmark.
process.on("disconnect", () => process.exit());
