// The order of one sender, against a model: clients with sockets that break, frames that arrive late, batches that fail, rooms
// that are locked and senders that have waited too long, in thousands of orders, on a clock of the test's own.
import { expect, test } from "bun:test";
import { ChatError } from "../../src/lib/errors.ts";
import { SendOrder } from "../../src/realtime/send-order.ts";
import type { PendingMessage } from "../../src/timeline/pending-message.ts";
import { Queue } from "../../src/timeline/queue.ts";
import { Chance } from "../support/random.ts";

const QUEUE_TIMEOUT_MS = 1_000;
const STEPS = 400;
const MAX_UNANSWERED = 8;

interface Draft {
  clientId: string;
  roomId: number;
  number: number;
  isSent: boolean;
}

/** A socket as both sides know it: what the client sent waits here until it arrives, even after the client has given it up. */
class SimulatedSocket {
  readonly order = new SendOrder();
  readonly underWay: Draft[] = [];
}

class Client {
  readonly sockets: SimulatedSocket[] = [new SimulatedSocket()];
  readonly outbox: Draft[] = [];
  private written = 0;

  constructor(
    readonly id: number,
    private readonly chance: Chance,
  ) {}

  get socket() {
    return this.sockets.at(-1)!;
  }

  write() {
    const roomId = this.chance.pick([1, 2]);
    const others = this.outbox.filter((draft) => draft.roomId === roomId);
    if (this.outbox.length >= MAX_UNANSWERED) return;
    const number = ++this.written;
    const hex = `${String(this.id).padStart(4, "0")}${String(number).padStart(8, "0")}`;
    const draft = { clientId: `00000000-0000-4000-8000-${hex}`, roomId, number, isSent: false };
    this.outbox.push(draft);
    // Nothing overtakes what has to go out again.
    if (others.every(({ isSent }) => isSent)) this.send(draft);
  }

  /** In the order in which it was written. */
  resend() {
    for (const draft of this.outbox) if (!draft.isSent) this.send(draft);
  }

  reconnect() {
    for (const draft of this.outbox) draft.isSent = false;
    this.sockets.push(new SimulatedSocket());
    this.resend();
  }

  private send(draft: Draft) {
    draft.isSent = true;
    this.socket.underWay.push(draft);
  }
}

/** The write path without its database: what the batches hold is stored, or not. */
class Model {
  private now = 0;
  readonly queue = new Queue(QUEUE_TIMEOUT_MS, () => this.now);
  readonly clients: Client[];
  readonly stored: Draft[] = [];
  private readonly inFlight: PendingMessage[][] = [];
  private readonly retryQueue: PendingMessage[] = [];
  private readonly locked = new Set<number>();
  private readonly drafts = new Map<string, Draft>();

  constructor(private readonly chance: Chance) {
    this.clients = [1, 2, 3].map((id) => new Client(id, chance.of(`client ${id}`)));
  }

  step() {
    const client = this.chance.pick(this.clients);
    this.now += this.chance.between(0, 60);
    const actions = {
      write: () => client.write(),
      resend: () => client.resend(),
      reconnect: () => client.reconnect(),
      arrive: () => this.arrive(client, this.chance.pick(client.sockets)),
      arriveNew: () => this.arrive(client, client.socket),
      close: () => this.close(client),
      send: () => this.send(),
      finishBatch: () => this.finishBatch(),
      unlock: () => this.queue.unpark(this.queue.lockedRooms),
      expire: () => this.queue.expire([...this.retryQueue, ...this.inFlight.flat()], [], this.chance.happens(0.5)),
      stall: () => {
        this.now += this.chance.between(0, QUEUE_TIMEOUT_MS);
      },
    };
    actions[
      this.chance.weighted({
        write: 12,
        resend: 6,
        reconnect: 1,
        arrive: 6,
        arriveNew: 16,
        close: 1,
        send: 8,
        finishBatch: 6,
        unlock: 2,
        expire: 3,
        stall: 1,
      })
    ]();
  }

  /** Nothing fails any more. */
  async finish() {
    for (let i = 0; i < 50; i++) {
      for (const client of this.clients) {
        client.resend();
        for (const socket of client.sockets) while (socket.underWay.length > 0) this.arrive(client, socket);
      }
      this.queue.unpark(this.queue.lockedRooms);
      this.send();
      while (this.inFlight.length > 0) this.finishBatch(true);
      await settle();
    }
    for (const { sockets } of this.clients) for (const { order } of sockets) order.close();
  }

  private arrive(client: Client, socket: SimulatedSocket) {
    const draft = socket.underWay.shift();
    if (!draft) return;
    const { clientId, roomId } = draft;
    this.drafts.set(clientId, draft);
    let place = 0;
    const refuse = (error: unknown) => {
      if (!(error instanceof ChatError)) throw error;
      if (socket === client.socket) draft.isSent = false;
    };
    try {
      place = socket.order.enter(roomId, clientId);
      // (Now and then the sender is over a limit.)
      if (this.chance.happens(0.03)) throw new ChatError({ code: "slow_down", detail: "Too fast." });
      const message = { roomId, kind: "group", senderId: client.id, senderName: "", body: "", clientId } as const;
      this.queue.addMessage({ ...message, socket: socket.order }).then(
        () => {
          const at = client.outbox.indexOf(draft);
          if (socket === client.socket && at >= 0) client.outbox.splice(at, 1);
        },
        (error) => {
          socket.order.refuse(roomId, clientId, place, error);
          refuse(error);
        },
      );
    } catch (error) {
      if (place > 0) socket.order.refuse(roomId, clientId, place, error);
      refuse(error);
    }
  }

  /** What an old socket has not brought by now never comes. */
  private close({ sockets }: Client) {
    if (sockets.length === 1) return;
    const [socket] = sockets.splice(0, 1);
    socket!.order.close();
  }

  private send() {
    if (this.retryQueue.length > 0 || this.inFlight.length === 2) return;
    const batch = this.queue.takeMessages();
    if (batch.length > 0) this.inFlight.push(batch);
  }

  private finishBatch(isSure = false) {
    const batch = this.inFlight.shift();
    if (!batch) return;
    // What left behind a batch that failed fails with it.
    if (this.retryQueue.length > 0 || (!isSure && this.chance.happens(0.4))) {
      this.retryQueue.push(...batch);
      if (!isSure && this.chance.happens(0.4)) this.locked.add(batch[0]!.draft.roomId);
    } else {
      for (const entry of batch) this.store(entry);
    }
    if (this.inFlight.length > 0) return;
    this.queue.requeue(this.retryQueue.splice(0));
    this.queue.park(this.locked);
    this.locked.clear();
  }

  private store(entry: PendingMessage) {
    const draft = this.drafts.get(entry.draft.clientId)!;
    const repeated = this.stored.includes(draft);
    if (!repeated) this.stored.push(draft);
    this.queue.settle(entry);
    entry.resolve({ message: null as never, repeated });
  }
}

const settle = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

test("whatever fails and is sent again, each sender's messages of a room are stored in the order in which they were written", async () => {
  let count = 0;
  for (let seed = 0; seed < 1_000; seed++) {
    const model = new Model(new Chance(seed, "order"));
    for (let i = 0; i < STEPS; i++) {
      model.step();
      await settle();
    }
    await model.finish();
    count += model.stored.length;
    for (const { id, outbox } of model.clients) {
      expect(outbox).toEqual([]);
      for (const roomId of [1, 2]) {
        const own = model.stored.filter(
          ({ clientId, roomId: at }) => at === roomId && clientId.slice(24, 28) === String(id).padStart(4, "0"),
        );
        const numbers = own.map(({ number }) => number);
        expect({ seed, numbers }).toEqual({ seed, numbers: numbers.toSorted((a, b) => a - b) });
      }
    }
    expect(model.queue.size).toBe(0);
  }
  expect(count).toBeGreaterThan(10_000);
});
