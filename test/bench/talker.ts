// One socket of a load. Makes and parses each frame as any client does: sends, knows its own messages when they come back, and
// sees that every message of its rooms comes, once and in order.
import type { ClientPlan, SocketPlan } from "./plan.ts";

// Enough for percentiles, and keeps the clock out of the way.
const SAMPLE = 16;
// About as long as people write.
const BODY = "Shall we meet at seven at the station, or is that too early?";
const BOLD = { type: "bold", offset: 0, length: 5 };
const PING = '{"type":"ping"}';
const PONG = '{"type":"pong"}';
const NEW = { direct: "message.new", group: "group.message.new" };
const SEND = { direct: "message.send", group: "group.message.send" };
const ROOM = { direct: "conversation_id", group: "group_id" };

/** What all talkers of a process count together. */
export class Tally {
  answered = 0;
  deliveries = 0;
  latencies: number[] = [];
  readonly faults: string[] = [];

  fault(text: string) {
    // A server that fails fails often; the first few tell how.
    if (this.faults.length < 5) this.faults.push(text);
  }
}

export class Talker {
  underWay = 0;
  /** Messages of anybody seen, by room. */
  readonly seen = new Map<number, number>();
  readonly sent = new Map<number, number>();
  private ws: WebSocket | null = null;
  private readonly lastSeq = new Map<number, number>();
  /** The newest message by room. */
  private readonly newest = new Map<number, number>();
  private readonly started = new Map<string, number>();
  private readonly clientIds: string;
  private count = 0;
  private talking = false;

  constructor(
    private readonly socket: SocketPlan,
    private readonly plan: ClientPlan,
    private readonly tally: Tally,
    number: number,
  ) {
    for (const room of socket.rooms) {
      this.seen.set(room, 0);
      this.sent.set(room, 0);
    }
    const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
    this.clientIds = `${hex(number, 8)}-${hex(plan.run, 4)}-4000-8000-`;
  }

  /** Opens the socket; resolves once the server answers on it. */
  connect(): Promise<void> {
    const { urls } = this.plan;
    const url = urls[(this.socket.server ?? 0) % urls.length]!;
    const ws = new WebSocket(url.replace("http", "ws") + this.socket.path);
    this.ws = ws;
    return new Promise((resolve, reject) => {
      ws.onopen = () => ws.send(PING);
      ws.onclose = ({ code, reason }) => {
        this.tally.fault(`a socket was closed with ${code} ${reason}`);
        reject(new Error(`closed with ${code} ${reason}`));
      };
      ws.onmessage = ({ data }) => {
        if (data !== PONG) return;
        ws.onmessage = (event) => this.receive(event.data as string);
        resolve();
      };
    });
  }

  /** Keeps so many messages under way from now on. */
  talk() {
    if (!this.socket.sends) return;
    this.talking = true;
    for (let i = 0; i < this.plan.inFlight; i++) this.send(performance.now());
  }

  hush() {
    this.talking = false;
  }

  /** Sends a message that was due at this moment. */
  send(due: number) {
    const { kind, rooms, named } = this.socket;
    const number = ++this.count;
    const room = rooms[number % rooms.length]!;
    const id = String(number).padStart(12, "0");
    if (this.plan.rate !== null || number % SAMPLE === 0) this.started.set(id, due);
    this.underWay++;
    this.sent.set(room, this.sent.get(room)! + 1);
    this.ws!.send(
      JSON.stringify({
        type: SEND[kind],
        ...(named ? { [ROOM[kind]]: room } : {}),
        body: BODY,
        ...(this.plan.richEach && number % this.plan.richEach === 0 && this.extras(room)),
        client_id: this.clientIds + id,
        ...(this.plan.acks ? { ref: id } : {}),
      }),
    );
  }

  /** As a reply with something emphasized has. */
  private extras(room: number) {
    const reply_to = this.newest.get(room);
    return { entities: [BOLD], ...(reply_to !== undefined && { reply_to }) };
  }

  private receive(text: string) {
    const frame = JSON.parse(text);
    if (frame.type === NEW[this.socket.kind]) {
      this.tally.deliveries++;
      const room: number = frame.data[ROOM[this.socket.kind]];
      const last = this.lastSeq.get(room);
      if (last !== undefined && frame.seq !== last + 1)
        this.tally.fault(`in room ${room} seq ${frame.seq} came after ${last}`);
      this.lastSeq.set(room, frame.seq);
      if (this.plan.richEach) this.newest.set(room, frame.data.id);
      this.seen.set(room, (this.seen.get(room) ?? 0) + 1);
      if (!this.plan.acks && frame.data.client_id.startsWith(this.clientIds))
        this.answer(frame.data.client_id.slice(-12));
    } else if (frame.type === "ack") {
      this.answer(frame.ref);
    } else if (frame.type === "error") {
      this.tally.fault(text.slice(0, 200));
    }
  }

  private answer(id: string) {
    this.underWay--;
    this.tally.answered++;
    const due = this.started.get(id);
    if (due !== undefined) {
      this.started.delete(id);
      this.tally.latencies.push(performance.now() - due);
    }
    if (this.talking) this.send(performance.now());
  }
}
