// A server with a single group, in memory, whose every step is the test's: when a request is read, when its response arrives, when a
// frame is delivered, and when the connection is cut.
import type { FetchLike, WebSocketClass } from "../../../src/sdk/index.ts";
import type { GroupEvent, GroupMessage, Reaction, RoomEvent } from "../../../src/sdk/wire.ts";

export const ME = { id: 1, username: "ali", email: "ali@example.com", created_at: "2026-01-01T00:00:00.000000+00:00" };
const OTHER = { id: 2, username: "veli" };
const GROUP = 7;
/** After more missed events than this, the room is to be read again. */
const REPLAY_LIMIT = 12;

const at = (seq: number) => new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString().replace("Z", "000+00:00");

interface Request {
  path: string;
  /** Null until it was read. */
  response: { status: number; body: unknown } | null;
  resolve(response: { ok: boolean; status: number; text(): Promise<string> }): void;
  reject(error: Error): void;
}

export class ModelRoom {
  readonly messages: GroupMessage[] = [];
  readonly log: RoomEvent[] = [];
  readonly requests: Request[] = [];
  /** On their way to the client. */
  frames: object[] = [];
  seq = 0;
  /** Their messages from here on are unread. */
  unreadFrom = 0;
  /** False for a server of an earlier version. */
  knowsAround = true;
  #socket: ModelSocket | null = null;
  /** Live events follow the replay. */
  #isResumed = false;

  get isConnected() {
    return this.#socket !== null;
  }

  get unread() {
    return this.messages.filter((m) => m.sender_id !== ME.id && m.seq >= this.unreadFrom && !m.deleted_at).length;
  }

  readonly fetch: FetchLike = (url, { method }) =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(url);
      this.requests.push({ path: `${method} ${pathname}${search}`, response: null, resolve, reject });
    });

  get WebSocket(): WebSocketClass {
    const room = this;
    return class extends ModelSocket {
      constructor() {
        super(room);
      }
    } as unknown as WebSocketClass;
  }

  /** Stores a message, as all changes do, and sends its event. */
  say(senderId: number, clientId: string | null = null): GroupMessage {
    const { id, username } = senderId === ME.id ? ME : OTHER;
    const seq = ++this.seq;
    const message: GroupMessage = {
      id: seq * 10,
      group_id: GROUP,
      sender_id: id,
      sender_name: username,
      body: `${seq}`,
      client_id: clientId,
      seq,
      created_at: at(seq),
      edited_at: null,
      deleted_at: null,
      delivered_at: null,
      read_at: null,
    };
    this.messages.push(message);
    this.#publish({ type: "group.message.new", seq, data: { ...message } } as RoomEvent);
    return message;
  }

  edit(message: GroupMessage) {
    const seq = ++this.seq;
    this.#replace(message, { body: `${message.seq} edited ${seq}`, edited_at: at(seq) });
    this.#publishChange("group.message.updated", message.id);
  }

  delete(message: GroupMessage) {
    const seq = ++this.seq;
    const { reactions: _, ...rest } = this.#find(message.id);
    this.messages.splice(this.messages.indexOf(this.#find(message.id)), 1, {
      ...rest,
      body: "",
      deleted_at: at(seq),
    } as GroupMessage);
    this.#publishChange("group.message.deleted", message.id);
  }

  react(message: GroupMessage, isOn: boolean) {
    const before = this.#find(message.id).reactions?.[0]?.user_ids ?? [];
    if (before.includes(OTHER.id) === isOn) return;
    const seq = ++this.seq;
    const user_ids = isOn ? [OTHER.id] : [];
    const reactions: Reaction[] = isOn ? [{ emoji: "👍", count: 1, user_ids }] : [];
    const { reactions: _, ...rest } = this.#find(message.id);
    const next = { ...rest, ...(reactions.length > 0 && { reactions }) } as GroupMessage;
    this.messages.splice(this.messages.indexOf(this.#find(message.id)), 1, next);
    this.#publish({
      type: isOn ? "reaction.added" : "reaction.removed",
      seq,
      data: {
        group_id: GROUP,
        message_id: message.id,
        user_id: OTHER.id,
        username: OTHER.username,
        emoji: "👍",
        count: user_ids.length,
        at: at(seq),
      },
    } as RoomEvent);
  }

  rename() {
    const seq = ++this.seq;
    this.#publish({
      type: "group.updated",
      seq,
      data: {
        group_id: GROUP,
        name: "Weekend",
        description: "",
        is_private: true,
        owner_id: OTHER.id,
        changes: ["name"],
        actor_id: OTHER.id,
        actor_name: OTHER.username,
        at: at(seq),
      },
    } as unknown as RoomEvent);
  }

  /** The request is answered from what is stored now; the response does not arrive yet. */
  read(request: Request) {
    request.response = this.#respond(request.path);
  }

  arrive(request: Request) {
    this.requests.splice(this.requests.indexOf(request), 1);
    const { status, body } = request.response!;
    request.resolve({ ok: status < 300, status, text: async () => JSON.stringify(body) });
  }

  fail(request: Request) {
    this.requests.splice(this.requests.indexOf(request), 1);
    request.reject(new Error("no network"));
  }

  deliver() {
    const frame = this.frames.shift();
    if (frame) this.#socket!.onmessage?.({ data: JSON.stringify(frame) });
  }

  cut() {
    const socket = this.#socket;
    this.#socket = null;
    this.#isResumed = false;
    this.frames = [];
    socket?.onclose?.({ code: 1006, reason: "" });
  }

  connect(socket: ModelSocket) {
    this.#socket = socket;
  }

  receive(
    socket: ModelSocket,
    frame: { type: string; ref: string; rooms?: Record<string, number>; client_id?: string },
  ) {
    if (socket !== this.#socket) return;
    const ack = (data: unknown) => this.frames.push({ type: "ack", ref: frame.ref, data });
    if (frame.type === "auth") ack({ expires_at: "2099-01-01T00:00:00Z" });
    else if (frame.type === "resume") this.#resume(frame.rooms ?? {}, ack);
    else if (frame.type === "group.message.send") {
      const stored = this.messages.find(({ client_id }) => client_id === frame.client_id);
      ack(stored ?? this.say(ME.id, frame.client_id!));
    }
  }

  #resume(rooms: Record<string, number>, ack: (data: unknown) => void) {
    const known = rooms[`group:${GROUP}`];
    if (known !== undefined && this.seq - known > REPLAY_LIMIT) {
      this.frames.push({ type: "resync", data: { room: `group:${GROUP}`, group_id: GROUP, seq: this.seq } });
    } else if (known !== undefined) this.frames.push(...this.log.filter(({ seq }) => seq > known));
    const members = [{ user_id: ME.id, read_seq: this.unreadFrom - 1, delivered_seq: 0 }];
    const room = { seq: this.seq, unread_count: this.unread, members };
    this.#isResumed = true;
    this.frames.push({
      type: "resumed",
      data: { rooms: { [`group:${GROUP}`]: room }, lost: [], more: false, epoch: "e" },
    });
    ack({});
  }

  #publish(event: RoomEvent) {
    this.log.push(event);
    if (this.#isResumed) this.frames.push(event);
  }

  #publishChange(type: string, id: number) {
    const { reactions: _, ...message } = this.#find(id);
    this.#publish({ type, seq: this.seq, data: message } as unknown as RoomEvent);
  }

  #find(id: number): GroupMessage {
    return this.messages.find((message) => message.id === id)!;
  }

  #replace(message: GroupMessage, change: Partial<GroupMessage>) {
    const held = this.#find(message.id);
    this.messages.splice(this.messages.indexOf(held), 1, { ...held, ...change });
  }

  #respond(path: string): { status: number; body: unknown } {
    const url = new URL(path.split(" ")[1]!, "http://model");
    const page = (data: unknown, more: object = {}) => ({ status: 200, body: { data, next_cursor: null, ...more } });
    switch (url.pathname) {
      case "/me":
        return { status: 200, body: { data: ME } };
      case "/groups":
        return page([this.#row()]);
      case `/groups/${GROUP}/messages`:
        return this.#messagesPage(url.searchParams);
      case `/groups/${GROUP}/events`: {
        const before = Number(url.searchParams.get("before") ?? Number.POSITIVE_INFINITY);
        const events = this.log.filter(({ type, seq }) => type === "group.updated" && seq < before);
        return page(events.slice(-100) as GroupEvent[]);
      }
      default:
        return page([]);
    }
  }

  #messagesPage(query: URLSearchParams) {
    const number = (name: string) => (query.has(name) ? Number(query.get(name)) : null);
    const [limit, before, after, around] = [
      number("limit")!,
      number("before"),
      number("after"),
      this.knowsAround ? number("around") : null,
    ];
    const { messages } = this;
    const indexOf = (id: number) => messages.findIndex((message) => message.id === id);
    let [from, to] = [messages.length - limit, messages.length];
    if (before !== null) [from, to] = [indexOf(before) - limit, indexOf(before)];
    if (after !== null) [from, to] = [indexOf(after) + 1, indexOf(after) + 1 + limit];
    if (around !== null) {
      const middle = indexOf(around);
      if (middle < 0) return { status: 404, body: { detail: "There is no such message.", code: "not_found" } };
      const newer = Math.floor(limit / 2);
      [from, to] = [middle + 1 - (limit - newer), middle + 1 + newer];
    }
    const data = messages.slice(Math.max(0, from), Math.max(0, to));
    const older = from > 0 ? String(data[0]?.id) : null;
    const newer = to < messages.length ? String(data.at(-1)?.id) : null;
    const cursors =
      around !== null
        ? { next_cursor: older, previous_cursor: newer }
        : { next_cursor: after !== null ? newer : older };
    return { status: 200, body: { data, ...cursors } };
  }

  #row() {
    return {
      id: GROUP,
      name: "Weekend",
      description: "",
      owner_id: OTHER.id,
      is_private: true,
      member_count: 2,
      role: "member",
      is_muted: false,
      muted_until: null,
      last_message: this.messages.at(-1) ?? null,
      unread_count: this.unread,
      seq: this.seq,
      last_activity_at: at(this.seq),
      created_at: at(0),
    };
  }
}

class ModelSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly room: ModelRoom) {
    room.connect(this);
    queueMicrotask(() => this.onopen?.());
  }

  send(text: string) {
    this.room.receive(this, JSON.parse(text));
  }

  close() {}
}
