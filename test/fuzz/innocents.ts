// People who go on chatting while the server is attacked, and a checker beside them: in their private rooms every message arrives once
// and in order and nothing else happens, in the public one nobody touches what is theirs, and in the end all is as it was.
import { asUser, call, connect, logIn, type Socket } from "../support/client.ts";
import type { Json } from "./documents.ts";
import type { KnownIds } from "./known-ids.ts";
import type { Ledger } from "./ledger.ts";

const PASSWORD = "Innocent-people-chat-7";
const NAMES = ["ada", "ben", "cem", "dua"];
/** Between two messages of everybody together. */
const PAUSE_MS = 25;
// What may come without anything having happened to them.
const HARMLESS = new Set([
  "ack",
  "pong",
  "friend.requested",
  "friend.cancelled",
  "presence",
  "typing.start",
  "typing.stop",
  "message.delivered",
  "conversation.read",
  "group.read",
  "resumed",
  "user.updated",
  "file.ready",
]);

interface Person {
  id: number;
  username: string;
  api: ReturnType<typeof asUser>;
  socket: Socket;
}

interface Room {
  kind: "group" | "conversation";
  id: number;
  people: Person[];
  isPrivate: boolean;
  /** What was sent, in the order of its places. */
  sent: { id: number; seq: number; body: string }[];
  /** The texts, from before they are acknowledged on. */
  bodies: Set<string>;
}

export class Innocents {
  private people: Person[] = [];
  private rooms: Room[] = [];
  private before: Record<string, Json> = {};
  private isStopped = false;
  private chatting: Promise<void> | null = null;
  private sentCount = 0;
  readonly waits: number[] = [];

  /** `secret` stands in everything of theirs that others must not see. */
  constructor(
    private readonly url: string,
    private readonly secret: string,
    private readonly ledger: Ledger,
    private readonly answerLimitMs: number,
  ) {}

  /** Makes the people, their friendships and their rooms, and starts to listen. */
  async open(ids: KnownIds) {
    for (const name of NAMES) {
      const username = `${name}_${this.secret.slice(-6)}`;
      const made = await call(this.url, "POST", "/register", {
        username,
        email: `${name}@${this.secret}.example`,
        password: PASSWORD,
      });
      if (made.status !== 201) throw new Error(`an innocent could not register: ${JSON.stringify(made.body)}`);
      const token = await logIn(this.url, username, PASSWORD);
      const socket = await connect(`${this.url}/ws?token=${token}`);
      await socket.ready();
      this.people.push({ id: made.body.user.id, username, api: asUser(this.url, token), socket });
    }
    const [ada, ben, cem, dua] = this.people as [Person, Person, Person, Person];
    for (const { api } of this.people)
      await api.put("/me/privacy", { messages_from: "friends", groups_from: "friends" });
    for (const other of [ben, cem]) {
      const { body } = await ada.api.post(`/friends/requests/${other.id}`);
      await other.api.post(`/requests/${body.data.id}/accept`);
    }
    const group = (await ada.api.post("/groups", { name: this.secret, description: this.secret })).body.group_id;
    for (const other of [ben, cem]) await ada.api.post(`/groups/${group}/members`, { user_id: other.id });
    const { conversation_id } = (await ada.api.post(`/conversations/${ben.id}`)).body;
    const square = (await dua.api.post("/groups", { name: "Square", is_private: false })).body.group_id;
    await ada.api.post(`/groups/${square}/join`);
    const room = (kind: Room["kind"], id: number, people: Person[], isPrivate: boolean): Room => ({
      kind,
      id,
      people,
      isPrivate,
      sent: [],
      bodies: new Set(),
    });
    this.rooms = [
      room("group", group, [ada, ben, cem], true),
      room("conversation", conversation_id, [ada, ben], true),
      room("group", square, [ada, dua], false),
    ];
    const file = await this.upload(ben, group);
    ids.addInnocent("user", ...this.people.map(({ id }) => id));
    ids.addInnocent("group", group, square);
    ids.addInnocent("conversation", conversation_id);
    ids.addInnocent("file", file);
    const { body: sessions } = await ada.api.get("/sessions");
    ids.addInnocent("session", ...sessions.data.map(({ id }: Json) => id));
    // Messages to try to change: two of each room, before the listening begins.
    for (const known of this.rooms) {
      const [first] = known.people;
      for (let n = 0; n < 2; n++) ids.addInnocent("message", (await this.post(known, first!)).id);
    }
    for (const { socket } of this.people) await socket.ready();
    for (const { socket } of this.people) socket.frames.length = 0;
    this.before = await this.state();
  }

  /** Starts to chat, until `stop`. */
  start() {
    this.isStopped = false;
    this.chatting = this.chat();
  }

  /** Ends the chat and holds everything against what it was. */
  async stop() {
    this.isStopped = true;
    await this.chatting;
    for (const person of this.people) await this.settle(person);
    const after = await this.state();
    for (const [what, value] of Object.entries(this.before))
      if (!Bun.deepEquals(value, after[what])) this.disturbed(`${what} changed`, { before: value, after: after[what] });
    for (const room of this.rooms) await this.compareHistory(room);
  }

  close() {
    for (const { socket } of this.people) socket.ws.close();
  }

  get messages() {
    return this.sentCount;
  }

  private disturbed(kind: string, example?: unknown) {
    this.ledger.report("innocent disturbed", kind, example);
  }

  private async chat() {
    for (let n = 0; !this.isStopped; n++) {
      const room = this.rooms[n % this.rooms.length]!;
      const sender = room.people[Math.floor(n / this.rooms.length) % room.people.length]!;
      try {
        const started = performance.now();
        await (n % 5 === 0 ? this.post(room, sender) : this.sendFrame(room, sender));
        this.waits.push(performance.now() - started);
      } catch (error) {
        this.disturbed("could not send", String(error));
        await Bun.sleep(200);
      }
      if (n % 40 === 39) for (const person of this.people) await this.settle(person);
      await Bun.sleep(PAUSE_MS);
    }
  }

  private newBody(room: Room) {
    const body = `${room.isPrivate ? this.secret : "square"} message ${++this.sentCount} of ${room.kind} ${room.id}`;
    room.bodies.add(body);
    return body;
  }

  private async post(room: Room, { api }: Person) {
    const body = this.newBody(room);
    const path = room.kind === "group" ? `/groups/${room.id}/messages` : `/messages/${room.id}`;
    const { status, body: answer } = await within(
      api.post(path, { body, client_id: crypto.randomUUID() }),
      this.answerLimitMs,
    );
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(answer)}`);
    return this.acknowledged(room, answer.data);
  }

  private async sendFrame(room: Room, { socket }: Person) {
    const body = this.newBody(room);
    const ref = crypto.randomUUID();
    const type = room.kind === "group" ? "group.message.send" : "message.send";
    const waiting = new Promise<Json>((resolve) => {
      const hear = ({ data }: MessageEvent) => {
        const frame = JSON.parse(String(data));
        if (frame.ref !== ref) return;
        socket.ws.removeEventListener("message", hear);
        resolve(frame);
      };
      socket.ws.addEventListener("message", hear);
    });
    socket.send({ type, [`${room.kind}_id`]: room.id, body, client_id: ref, ref });
    const frame = await within(waiting, this.answerLimitMs);
    if (frame.type !== "ack") throw new Error(JSON.stringify(frame));
    return this.acknowledged(room, frame.data);
  }

  private acknowledged(room: Room, message: Json) {
    room.sent.push({ id: message.id, seq: message.seq, body: message.body });
    return message;
  }

  /** Reads what has come to the person since the last time. */
  private async settle({ socket, username }: Person) {
    if (socket.ws.readyState !== WebSocket.OPEN) {
      this.disturbed("a socket was closed", username);
      return;
    }
    const ref = crypto.randomUUID();
    socket.send({ type: "ping", ref });
    const deadline = performance.now() + this.answerLimitMs;
    while (!socket.frames.some((frame) => frame.ref === ref)) {
      if (performance.now() > deadline) return this.disturbed("a ping was not answered", username);
      await Bun.sleep(5);
    }
    for (const frame of socket.frames.splice(0)) this.hear(frame, username);
  }

  /** The last place of each room that each person has heard of. */
  private readonly heard = new Map<string, number>();

  private hear(frame: Json, username: string) {
    if (HARMLESS.has(frame.type)) {
      const isOfInnocent =
        frame.type === "user.updated" &&
        this.people.some(({ id }) => id === frame.data.user_id || id === frame.data.id);
      if (isOfInnocent) this.disturbed("a profile changed", frame);
      return;
    }
    const [kind, id] = frame.group_id ? ["group", frame.group_id] : ["conversation", frame.conversation_id];
    const named = frame.data?.group_id ? ["group", frame.data.group_id] : ["conversation", frame.data?.conversation_id];
    const room = this.rooms.find(
      (known) => (known.kind === kind && known.id === id) || (known.kind === named[0] && known.id === named[1]),
    );
    if (!room) return this.disturbed(`a frame of no room of theirs: ${frame.type}`, frame);
    if (frame.seq !== undefined) {
      const key = `${username} ${room.kind} ${room.id}`;
      const last = this.heard.get(key);
      this.heard.set(key, frame.seq);
      if (last !== undefined && frame.seq !== last + 1)
        this.disturbed("a place is missing, doubled or out of order", { frame, last });
    }
    const isNew = /(^|\.)message\.new$/.test(frame.type);
    const isOurs = this.people.some((person) => person.id === frame.data?.sender_id);
    if (room.isPrivate) {
      if (!isNew) this.disturbed(`${frame.type} in a private room`, frame);
      else if (!isOurs) this.disturbed("a stranger's message in a private room", frame);
    } else if (/message\.(updated|deleted)$/.test(frame.type) && isOurs)
      this.disturbed(`${frame.type} of an innocent's message`, frame);
    if (isNew && isOurs && !room.bodies.has(frame.data.body))
      this.disturbed("a message that nobody of them wrote", frame);
  }

  /** All that is theirs, as they see it. */
  private async state(): Promise<Record<string, Json>> {
    const state: Record<string, Json> = {};
    for (const { username, api } of this.people) {
      const get = async (path: string) => (await api.get(path)).body;
      state[`account of ${username}`] = (await get("/me")).data;
      state[`privacy of ${username}`] = (await get("/me/privacy")).data;
      state[`friends of ${username}`] = (await get("/friends")).data.map(
        ({ last_seen_at: _, is_online: __, online: ___, ...friend }: Json) => friend,
      );
      state[`blocks of ${username}`] = (await get("/blocks")).data;
      state[`sessions of ${username}`] = (await get("/sessions")).data.map(({ id }: Json) => id);
      state[`conversations of ${username}`] = (await get("/conversations")).data.map(
        ({ conversation_id, id, peer }: Json) => [conversation_id ?? id, peer?.id],
      );
      state[`groups of ${username}`] = (await get("/groups/my")).data
        .map(({ id, group_id, name, description, is_private, owner_id }: Json) => ({
          id: id ?? group_id,
          name,
          description,
          is_private,
          owner_id,
        }))
        .sort((a: Json, b: Json) => a.id - b.id);
    }
    for (const { kind, id, people, isPrivate } of this.rooms) {
      if (kind !== "group") continue;
      const { body } = await people[0]!.api.get(`/groups/${id}/members`);
      const members: Json[] = body.data.map(({ user_id, role, is_muted }: Json) => ({ user_id, role, is_muted }));
      // In the public one strangers come and go; people are on the first page, for they came first.
      state[`members of ${id}`] = members
        .filter(({ user_id }) => isPrivate || people.some((person) => person.id === user_id))
        .sort((a, b) => a.user_id - b.user_id);
    }
    return state;
  }

  /** That every message is stored once, as it was sent, and in the order of its places. */
  private async compareHistory(room: Room) {
    const reader = room.people.at(-1)!;
    const base = room.kind === "group" ? `/groups/${room.id}/messages` : `/messages/${room.id}`;
    const stored: Json[] = [];
    for (let before = ""; ; ) {
      const { body } = await reader.api.get(`${base}?limit=100${before}`);
      stored.unshift(...body.data);
      if (body.data.length < 100) break;
      before = `&before=${body.data[0].id}`;
    }
    const ours = stored.filter(({ sender_id }) => this.people.some(({ id }) => id === sender_id));
    if (room.isPrivate && ours.length !== stored.length)
      this.disturbed(
        "a stranger's message is stored in a private room",
        stored.find((one) => !ours.includes(one)),
      );
    const bodies = ours.map(({ body }) => body);
    const wanted = room.sent.toSorted((a, b) => a.seq - b.seq).map(({ body }) => body);
    const texts = bodies.filter((body) => body !== "" || !room.isPrivate);
    const lost = wanted.filter((body) => !texts.includes(body));
    if (lost.length > 0) this.disturbed("messages are lost or changed", lost.slice(0, 3));
    if (new Set(texts).size !== texts.length) this.disturbed("messages are stored twice", room.id);
    const inOrder = texts.filter((body) => wanted.includes(body));
    if (
      !Bun.deepEquals(
        inOrder,
        wanted.filter((body) => texts.includes(body)),
      )
    )
      this.disturbed("messages are stored in another order", room.id);
  }

  /** A file with the secret in it, in a message of the group. Returns its id. */
  private async upload({ api }: Person, group: number): Promise<number> {
    const form = new FormData();
    form.set("file", new Blob([`${this.secret} in a file`], { type: "text/plain" }), `${this.secret}.txt`);
    const response = await fetch(`${this.url}/files`, {
      method: "POST",
      headers: { authorization: `Bearer ${api.token}` },
      body: form,
    });
    const uploaded = (await response.json()) as Json;
    const id = uploaded.data?.id as number | undefined;
    if (!id) throw new Error(`an innocent could not upload: ${response.status} ${JSON.stringify(uploaded)}`);
    for (const end = performance.now() + this.answerLimitMs; performance.now() < end; await Bun.sleep(20)) {
      if ((await api.get(`/files/${id}`)).body.data?.state !== "processing") break;
    }
    const room = this.rooms.find((known) => known.kind === "group" && known.id === group)!;
    const body = this.newBody(room);
    const { status, body: answer } = await api.post(`/groups/${group}/messages`, { body, attachments: [id] });
    if (status !== 201) throw new Error(`an innocent could not send a file: ${JSON.stringify(answer)}`);
    this.acknowledged(room, answer.data);
    return id;
  }
}

const within = <T>(work: Promise<T>, limitMs: number): Promise<T> =>
  Promise.race([
    work,
    Bun.sleep(limitMs).then(() => {
      throw new Error("not answered in time");
    }),
  ]);
