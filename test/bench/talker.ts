// One socket of a load: sends, knows its own messages when they come back, counts everything else. Looks at frames as text, for
// parsing them would cost the client more than the server.
import type { ClientPlan, SocketPlan } from "./plan.ts";

// Enough for percentiles, and keeps the clock out of the way.
const SAMPLE = 16;
// About as long as people write.
const BODY = "Shall we meet at seven at the station, or is that too early?";
const PING = '{"type":"ping"}';
const PONG = '{"type":"pong"}';
const ACK = '{"type":"ack"';
const ERROR = '{"type":"error"';
const NEW = { direct: '{"type":"message.new","seq":', group: '{"type":"group.message.new","seq":' };
const SEND = { direct: "message.send", group: "group.message.send" };
const ROOM = { direct: "conversation_id", group: "group_id" };
const ZERO = 48;
const NINE = 57;

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
  private readonly started = new Map<string, number>();
  private readonly clientIds: string;
  private readonly own: string;
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
    this.own = `"client_id":"${this.clientIds}`;
  }

  /** Opens the socket; resolves once the server answers on it. */
  connect(): Promise<void> {
    const ws = new WebSocket(this.plan.url.replace("http", "ws") + this.socket.path);
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
    const where = named ? `,"${ROOM[kind]}":${room}` : "";
    const ref = this.plan.acks ? `,"ref":"${id}"` : "";
    this.ws!.send(`{"type":"${SEND[kind]}"${where},"body":"${BODY}","client_id":"${this.clientIds}${id}"${ref}}`);
  }

  private receive(frame: string) {
    const start = NEW[this.socket.kind];
    if (frame.startsWith(start)) {
      this.tally.deliveries++;
      this.place(frame, start.length);
      if (this.underWay > 0 && !this.plan.acks) {
        const at = frame.indexOf(this.own);
        if (at >= 0) this.answer(frame.substr(at + this.own.length, 12));
      }
    } else if (frame.startsWith(ACK)) {
      const at = frame.indexOf('"ref":"') + 7;
      this.answer(frame.substr(at, 12));
    } else if (frame.startsWith(ERROR)) {
      this.tally.fault(frame.slice(0, 200));
    }
  }

  /** Counts the frame to its room, and sees that it comes right after the one before. */
  private place(frame: string, at: number) {
    let seq = 0;
    for (let code = frame.charCodeAt(at); code >= ZERO && code <= NINE; code = frame.charCodeAt(++at)) {
      seq = seq * 10 + code - ZERO;
    }
    const room = this.socket.rooms.length === 1 ? this.socket.rooms[0]! : roomOf(frame, ROOM[this.socket.kind], at);
    const last = this.lastSeq.get(room);
    if (last !== undefined && seq !== last + 1) this.tally.fault(`in room ${room} seq ${seq} came after ${last}`);
    this.lastSeq.set(room, seq);
    this.seen.set(room, (this.seen.get(room) ?? 0) + 1);
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

function roomOf(frame: string, name: string, from: number): number {
  const at = frame.indexOf(`"${name}":`, from) + name.length + 3;
  return Number.parseInt(frame.slice(at, at + 16), 10);
}
