// People who write as fast as they are answered, note what they were told, and after a cut send again what was not acknowledged.
import { call, type User } from "../client.ts";
import type { Place, RoomRecord } from "./checker.ts";

const IN_FLIGHT = 5;
const ANSWER_LIMIT_MS = 10_000;

export interface Room {
  kind: "conversation" | "group";
  id: number;
  members: User[];
}

/** One member in one room. */
class Writer {
  readonly acknowledged: Place[] = [];
  /** What each connection saw. */
  readonly seen: Place[][] = [];
  closeCode: number | null = null;
  private readonly unanswered = new Map<string, string>();
  private ws: WebSocket | null = null;
  private sending = false;

  constructor(
    private readonly user: User,
    private readonly room: Room,
  ) {}

  /** Connects and sends again what nobody has acknowledged. */
  async connect(url: string) {
    const prefix = this.room.kind === "group" ? "group." : "";
    const ws = new WebSocket(
      `${url.replace("http", "ws")}/ws/${this.room.kind}s/${this.room.id}?token=${this.user.token}`,
    );
    const seen: Place[] = [];
    this.seen.push(seen);
    this.ws = ws;
    this.closeCode = null;
    ws.onclose = ({ code }) => {
      this.closeCode = code;
    };
    await new Promise<void>((resolve, reject) => {
      ws.onerror = () => reject(new Error("no connection"));
      ws.onopen = () => ws.send(JSON.stringify({ type: "ping" }));
      ws.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.type === "pong") resolve();
        else if (frame.type === `${prefix}message.new`) seen.push(toPlace(frame.data));
        else if (frame.type === "ack") this.onAck(toPlace(frame.data));
      };
    });
    for (const clientId of this.unanswered.keys()) this.transmit(clientId);
  }

  start() {
    this.sending = true;
    while (this.unanswered.size < IN_FLIGHT) this.write();
  }

  stop() {
    this.sending = false;
  }

  get waiting() {
    return this.unanswered.size;
  }

  close() {
    this.ws?.close();
  }

  private write() {
    const clientId = crypto.randomUUID();
    this.unanswered.set(clientId, `message ${clientId}`);
    this.transmit(clientId);
  }

  private transmit(clientId: string) {
    const type = this.room.kind === "group" ? "group.message.send" : "message.send";
    if (this.ws?.readyState !== WebSocket.OPEN) return;
    this.ws.send(JSON.stringify({ type, body: this.unanswered.get(clientId), client_id: clientId, ref: clientId }));
  }

  private onAck(place: Place) {
    if (!this.unanswered.delete(place.clientId)) return;
    this.acknowledged.push(place);
    if (this.sending) this.write();
  }
}

export class Load {
  private readonly writers: Map<Room, Writer[]>;

  constructor(
    private readonly url: string,
    rooms: Room[],
  ) {
    this.writers = new Map(rooms.map((room) => [room, room.members.map((user) => new Writer(user, room))]));
  }

  private get all() {
    return [...this.writers.values()].flat();
  }

  connect = () => Promise.all(this.all.map((writer) => writer.connect(this.url)));

  start() {
    for (const writer of this.all) writer.start();
  }

  stop() {
    for (const writer of this.all) writer.stop();
  }

  closeCodes = () => this.all.map((writer) => writer.closeCode);

  /** Waits until everything is acknowledged, then compares notes with the history. */
  async records(): Promise<RoomRecord[]> {
    this.stop();
    const deadline = Date.now() + ANSWER_LIMIT_MS;
    while (this.all.some((writer) => writer.waiting > 0)) {
      if (Date.now() > deadline) throw new Error("some messages were never acknowledged");
      await Bun.sleep(5);
    }
    const records: RoomRecord[] = [];
    for (const [room, writers] of this.writers) {
      for (const writer of writers) writer.close();
      records.push({
        stored: await this.history(room),
        acknowledged: writers.flatMap((writer) => writer.acknowledged),
        seen: writers.flatMap((writer) => writer.seen),
      });
    }
    return records;
  }

  private async history(room: Room): Promise<Place[]> {
    const path = room.kind === "group" ? `/groups/${room.id}/messages` : `/messages/${room.id}`;
    const stored: Place[] = [];
    for (let before = ""; ; ) {
      const authorization = `Bearer ${room.members[0]!.token}`;
      const { body } = await call(this.url, "GET", `${path}?limit=100${before}`, undefined, { authorization });
      stored.unshift(...body.data.map(toPlace));
      if (!body.next_cursor) return stored;
      before = `&before=${body.next_cursor}`;
    }
  }
}

const toPlace = (message: { id: number; seq: number; client_id: string }): Place => ({
  id: message.id,
  seq: message.seq,
  clientId: message.client_id,
});

/** Three conversations and a group among six people. */
export async function makeRooms(url: string, newUser: (url: string) => Promise<User>): Promise<Room[]> {
  const people: User[] = [];
  for (let i = 0; i < 6; i++) people.push(await newUser(url));
  const rooms: Room[] = [];
  for (let i = 0; i < 6; i += 2) {
    const members = people.slice(i, i + 2);
    const { body } = await members[0]!.post(`/conversations/${members[1]!.id}`);
    rooms.push({ kind: "conversation", id: body.conversation_id, members });
  }
  const { body } = await people[0]!.post("/groups", { name: "Weekend" });
  for (const { id } of people.slice(1)) await people[0]!.post(`/groups/${body.group_id}/members`, { user_id: id });
  rooms.push({ kind: "group", id: body.group_id, members: people });
  return rooms;
}
