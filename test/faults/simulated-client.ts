// A tab or phone of a user: it writes, records what it is shown, and after a cut comes back with what a real client keeps on disk:
// its positions and the messages that were not acknowledged (client-outbox.ts). On one `/ws`, or on a socket per room.
import { type Frame, flaw, type Json, logIn, type User } from "../support/client.ts";
import type { Chance } from "../support/random.ts";
import { ClientOutbox, isExpectedRefusal } from "./client-outbox.ts";
import { frameEntry } from "./entries.ts";
import { ask } from "./http.ts";
import { Ledger } from "./ledger.ts";
import { Link } from "./link.ts";
import { readHistory } from "./reader.ts";
import type { RichRecords } from "./rich/records.ts";
import { RichClient } from "./rich/rich-client.ts";
import { commandOf, textSaying } from "./rich/text.ts";
import { messagesPath, type Room } from "./rooms.ts";
import type { Tally } from "./tally.ts";

const PAUSE_MS = [10, 100] as const;
// A session lasts this long, and what is shown after its end is looked at for as long.
const SESSION_MS = 700;
// How far what is on disk may be behind what was shown, in places.
const LATEST_SAVE = 20;

/** A socket with the rooms that it carries: all, or one. */
interface Channel {
  link: Link;
  path: string;
  rooms: Room[];
  isReady: boolean;
  /** Of the session that the socket was opened with. */
  token: string;
  /** When that session ended, though the socket may still be open. */
  endedAt: number | null;
  /** How often it was connected. */
  connections: number;
  calledAt: number;
  /** Whether nothing comes before the replay. */
  announced: boolean;
}

export class SimulatedClient {
  readonly ledgers: Map<string, Ledger>;
  readonly outbox: ClientOutbox;
  /** What it was shown on a socket whose session had ended, and when it did. */
  readonly shownAfterEnd: { key: string; seq: number; endedAt: number }[] = [];
  /** How often an ended session was let in again. */
  letInAfterEnd = 0;
  /** What it was told of its friends last, true for online; null on sockets that are not told. */
  readonly presence: Map<number, boolean> | null;
  private token: string;
  private readonly channels: Channel[];
  private readonly byKey: Map<string, Room>;
  /** The newest message that was shown, by room: where to read on after a `resync`. */
  private readonly newest = new Map<string, { id: number; seq: number }>();
  /** Rooms that the server says the user is not in. */
  private readonly outOf = new Set<string>();
  private catchingUp = 0;
  /** What it does besides writing plain text; null where servers know nothing of that. */
  private readonly rich: RichClient | null;
  private isWriting = false;
  private isAsleep = true;

  constructor(
    readonly user: User,
    private readonly url: string,
    private readonly rooms: Room[],
    private readonly kind: "one socket" | "a socket a room",
    private readonly chance: Chance,
    private readonly tally: Tally,
    records: RichRecords | null,
  ) {
    this.token = user.token;
    const emojis = RichClient.emojisOf(kind === "a socket a room");
    this.rich = records && new RichClient(user, url, rooms, emojis, chance, tally, records);
    this.presence = kind === "one socket" ? new Map() : null;
    this.byKey = new Map(rooms.map((room) => [room.key, room]));
    this.ledgers = new Map(rooms.map((room) => [room.key, new Ledger(user.id)]));
    this.outbox = new ClientOutbox({
      chance,
      send: (room, command) => this.command(room, command),
      roomOf: (message) => this.byKey.get(keyOf(message)!)!,
      draft: (room) => this.rich?.draft(room) ?? {},
    });
    this.channels = kind === "one socket" ? [this.openChannel(rooms)] : rooms.map((room) => this.openChannel([room]));
  }

  get unanswered() {
    return this.outbox.size;
  }

  get openSockets() {
    return this.channels.filter(({ link }) => link.isOpen).length;
  }

  /** Whether every socket is open and has its answer to `resume`, but for those of rooms that the user is not in. */
  get isSettled() {
    const isSettled = ({ isReady, rooms }: Channel) =>
      isReady || (this.kind === "a socket a room" && this.outOf.has(rooms[0]!.key));
    return this.catchingUp === 0 && this.channels.every(isSettled);
  }

  /** What the server said earlier about rooms that are closed to the user may be old: ask again. */
  doubt() {
    if (this.kind === "a socket a room") this.outOf.clear();
  }

  wake() {
    this.isAsleep = false;
    for (const { link } of this.channels) link.connect();
  }

  /** Ends without a word; what is in flight stays in the outbox. */
  sleep() {
    this.isAsleep = true;
    for (const channel of this.channels) {
      channel.link.drop();
      this.lose(channel);
    }
  }

  /** Goes back to what is on disk: the positions of some moments ago, or for a new client none. */
  forget(chance: Chance, isNew: boolean) {
    if (isNew) this.newest.clear();
    for (const ledger of this.ledgers.values()) {
      ledger.forget(isNew ? 0 : Math.max(0, ledger.position - Math.floor(chance.between(0, LATEST_SAVE))));
    }
  }

  /**
   * Logs in anew, goes on with that session, and then again, ending the one before. At `url`, past the network. The servers,
   * at `urls`, may take `graceMs` to hear of the end.
   */
  async changeSession(
    { url, urls = [url], graceMs = 0 }: { url: string; urls?: string[]; graceMs?: number },
    pause: (ms: number) => Promise<unknown>,
  ) {
    const logInAnew = () => logIn(url, this.user.username).catch(() => null);
    const first = await logInAnew();
    if (!first || this.isAsleep) return;
    this.token = first;
    // (The one that it began with is everybody's who is this user.)
    for (const channel of this.channels) {
      channel.link.retry();
      this.lose(channel);
    }
    await pause(SESSION_MS);
    const second = await logInAnew();
    if (!second) return;
    this.token = second;
    const ended = await ask(url, first, "POST", "/logout");
    if (ended?.status !== 200) return;
    const endedAt = Date.now() + graceMs;
    for (const channel of this.channels) if (channel.token === first) channel.endedAt = endedAt;
    this.tally.add("sessions ended");
    await Bun.sleep(graceMs);
    for (const server of urls) {
      const again = await ask(server, first, "GET", "/me");
      if (again?.status === 200) this.letInAfterEnd++;
    }
    await pause(SESSION_MS);
  }

  /** Writes until `stopWriting`. */
  async write() {
    this.isWriting = true;
    while (this.isWriting) {
      await Bun.sleep(this.chance.between(...PAUSE_MS));
      if (this.isAsleep || this.outbox.isFull) continue;
      if (this.chance.happens(0.2)) void this.rich?.act();
      if (this.chance.happens(0.06)) void this.rewrite();
      else if (this.chance.happens(0.05)) this.fidget();
      else this.compose();
    }
  }

  stopWriting() {
    this.isWriting = false;
  }

  /** Ends what it has begun over HTTP, now that nothing stands in the way. */
  async finish() {
    await this.rich?.finish();
  }

  private openChannel(rooms: Room[]): Channel {
    const [room] = rooms;
    const path = this.kind === "one socket" ? "/ws" : `/ws/${room!.kind}s/${room!.id}`;
    const channel: Channel = {
      link: null as never,
      path,
      rooms,
      isReady: false,
      token: "",
      endedAt: null,
      connections: 0,
      calledAt: 0,
      announced: false,
    };
    // The token in the address, or in a first frame; the resume announced, so that nothing comes before it, or not.
    let token = "";
    let announced = false;
    channel.link = new Link(
      {
        address: () => {
          announced = this.chance.happens(0.5);
          channel.token = this.token;
          channel.endedAt = null;
          channel.connections++;
          // What happens while it is away it asks for, rather than being told.
          this.presence?.clear();
          token = this.chance.happens(0.5) ? this.token : "";
          return `${this.url}${path}?${announced ? "resume=1" : ""}${token && `&token=${token}`}`;
        },
        onOpen: (calledAt) => {
          const auth = token ? [] : [{ type: "auth", token: channel.token }];
          return [...auth, this.resume(channel, calledAt, announced)];
        },
        onFrame: (frame) => this.onFrame(channel, frame),
        onDown: (code, reason) => this.onDown(channel, code, reason),
      },
      this.chance,
    );
    return channel;
  }

  /** The command; from now on the ledgers wait for its answer. */
  private resume(channel: Channel, calledAt: number, announced: boolean): unknown {
    const { rooms } = channel;
    Object.assign(channel, { calledAt, announced });
    this.tally.add("resumes");
    for (const { key } of rooms) this.ledgers.get(key)!.call(calledAt, announced);
    const position = ({ key }: Room) => this.ledgers.get(key)!.position;
    return this.kind === "one socket"
      ? { type: "resume", ref: "resume", rooms: Object.fromEntries(rooms.map((room) => [room.key, position(room)])) }
      : { type: "resume", ref: "resume", after_seq: position(rooms[0]!) };
  }

  private onFrame(channel: Channel, frame: Frame) {
    const wrong = flaw(channel.path, frame);
    if (wrong) this.tally.surprise(wrong.split(": {")[0]!);
    const key = this.roomOf(channel, frame);
    const ledger = key === null ? undefined : this.ledgers.get(key);
    if (frame.seq !== undefined) {
      this.tally.add(channel.isReady ? "shown live" : "shown on return");
      if (channel.endedAt !== null) this.shownAfterEnd.push({ key: key!, seq: frame.seq, endedAt: channel.endedAt });
      if (/message\.(new|updated|deleted)$/.test(frame.type)) this.onMessage(channel, key!, frame);
      if (frame.type.endsWith("message.new")) this.newest.set(key!, { id: frame.data.id, seq: frame.seq });
      this.ledgerOf(key!).show({ ...frameEntry(frame), at: Date.now() });
      return;
    }
    switch (frame.type) {
      case "pong":
        return this.lookForIgnored();
      case "ack":
        if (frame.ref === "resume") return;
        this.rich?.onMessage(this.byKey.get(keyOf(frame.data)!)!, frame.data, null, null);
        return this.outbox.onAck(frame);
      case "error":
        return this.onError(channel, frame);
      case "resumed":
        return this.onResumed(channel, frame);
      case "resync": {
        this.tally.add("resyncs");
        const from = ledger!.resync(frame.data.seq);
        return void this.catchUp(this.byKey.get(key!)!, ledger!, from, frame.data.seq);
      }
      case "room.joined":
        this.outOf.delete(key!);
        return ledger?.joined(frame.data.seq);
      case "presence":
        return void this.presence?.set(frame.data.user_id, frame.data.online);
      case "room.left":
        this.leave(key!);
    }
  }

  /** Also of a room that it should know nothing of: whatever it is shown there, the checker must see. */
  private ledgerOf(key: string): Ledger {
    const ledger = this.ledgers.get(key) ?? new Ledger(this.user.id);
    this.ledgers.set(key, ledger);
    return ledger;
  }

  private onMessage({ isReady, announced, calledAt }: Channel, key: string, { data, seq }: Frame) {
    const room = this.byKey.get(key);
    // Nothing live comes before an announced replay.
    const readAfter = announced && !isReady ? calledAt : null;
    if (room) this.rich?.onMessage(room, data, seq!, readAfter);
  }

  private roomOf({ rooms }: Channel, { data }: Frame): string | null {
    if (this.kind === "a socket a room") return rooms[0]!.key;
    return keyOf(data);
  }

  private onResumed(channel: Channel, { data }: Frame) {
    const told: Record<string, { seq: number }> = data.rooms ?? { [channel.rooms[0]!.key]: data };
    for (const [key, { seq }] of Object.entries(told)) {
      this.outOf.delete(key);
      this.ledgers.get(key)?.resumed(seq);
    }
    for (const key of data.lost ?? []) this.leave(key);
    if (data.more) return;
    channel.isReady = true;
    for (const { key } of channel.rooms) this.outbox.resend(key);
  }

  private onError(channel: Channel, { ref, code }: Frame) {
    this.tally.add(`refused: ${code}`);
    if (!isExpectedRefusal(code!)) this.tally.surprise(`error ${code}`);
    if (ref !== "resume") return this.outbox.onRefused(ref, code!);
    this.lose(channel);
    channel.link.retry();
  }

  private onDown(channel: Channel, code: number, reason: string) {
    this.tally.add(`closed: ${code}${reason ? ` ${reason}` : ""}`);
    this.lose(channel);
    if (code === 1008 && (reason === "forbidden" || reason === "not_found")) {
      for (const { key } of channel.rooms) this.leave(key);
    } else if (code === 1008 && reason === "unauthorized" && channel.token !== this.token) {
      this.tally.add("closed with their session");
    } else if (code === 1008 || code === 1009) {
      this.tally.surprise(`closed with ${code} ${reason}`);
    }
    if (!this.isAsleep) channel.link.retry();
  }

  /** The line is gone, and with it what was under way on it. */
  private lose(channel: Channel) {
    channel.isReady = false;
    for (const { key } of channel.rooms) this.ledgers.get(key)!.hangUp();
    this.outbox.onSocketLost(channel.rooms);
  }

  /** The user is in this room no more; what waits for it would only be refused. */
  private leave(key: string) {
    this.ledgers.get(key)!.left();
    this.outOf.add(key);
    this.outbox.giveUp(key);
    const room = this.byKey.get(key);
    if (room) this.rich?.onLeft(room);
  }

  private pickRoom(): Room {
    return this.byKey.get(
      this.chance.weighted(Object.fromEntries(this.rooms.map(({ key, weight }) => [key, weight]))),
    )!;
  }

  private compose() {
    const room = this.pickRoom();
    if (!this.outOf.has(room.key)) this.outbox.compose(room);
  }

  /** Types or reads: it is not answered, and may not disturb what is. */
  private fidget() {
    const room = this.pickRoom();
    const newest = this.newest.get(room.key);
    if (newest && this.chance.happens(0.5))
      this.command(room, { type: `${room.kind}.read`, last_message_id: newest.id });
    else this.command(room, { type: this.chance.pick(["typing.start", "typing.stop"]) });
  }

  /** The number of the socket on which it was sent; null when none is open. */
  private command(room: Room, frame: object): number | null {
    const { link, connections } = this.channels.find(({ rooms }) => rooms.includes(room))!;
    return link.send(this.kind === "one socket" ? { ...frame, [`${room.kind}_id`]: room.id } : frame)
      ? connections
      : null;
  }

  /** Edits or deletes one of its last messages; whether that is heard of does not matter to it. */
  private async rewrite() {
    const { own } = this.outbox;
    // What becomes of those shows in several places.
    const telling = this.chance.happens(0.5)
      ? own.findLast(({ id, rich }) => this.rich && (this.rich.isAnswered(id) || rich.files?.length))
      : undefined;
    const message = telling ?? own.at(-1 - Math.floor(this.chance.between(0, Math.min(20, own.length))));
    if (!message || message.isUnsure) return;
    const { room, clientId } = message;
    const path = `${messagesPath(room)}/${message.id}`;
    const isDeletion = this.chance.happens(0.3);
    // A former server would take the formatting for none of its business.
    const entities = this.rich && this.chance.happens(0.5) ? this.rich.entities(room) : undefined;
    const { files } = message.rich;
    // (An earlier edit may have taken out the last one.)
    const drops =
      !isDeletion && this.rich !== null && files !== undefined && files.length > 0 && this.chance.happens(0.3);
    const kept = drops ? files.slice(1) : files;
    const rich = { ...message.rich, entities, files: kept };
    const body = textSaying({ clientId, ...rich }, `hello 🎉 you, edited ${Date.now()}`);
    const edit = {
      body,
      entities: commandOf(rich).entities,
      ...(drops && { attachments: kept!.map(([id]) => id) }),
    };
    // Another edit meanwhile would not know which files there are; nor would one when nobody knows what became of this one.
    message.isUnsure = files !== undefined;
    const startedAt = Date.now();
    const answer = await (isDeletion
      ? ask(this.url, this.user.token, "DELETE", path)
      : ask(this.url, this.user.token, "PUT", path, edit));
    const isDone = answer?.status === 200;
    if (drops) this.rich?.onDropped(files[0]![0], startedAt, isDone ? Date.now() : null);
    if (isDone) message.rich = { ...message.rich, files: kept };
    if (answer && answer.status < 500) message.isUnsure = false;
    if (answer?.status === 200) this.tally.add("edits and deletions");
    if (answer?.status === 500) this.tally.surprise(`${answer.body.code} over HTTP`);
  }

  private async catchUp(room: Room, ledger: Ledger, from: number, to: number) {
    this.catchingUp++;
    const startedAt = Date.now();
    const onPage = (messages: Json[]) => {
      for (const message of messages) this.rich?.onPage(room, message, startedAt);
    };
    const read = await readHistory(this.url, this.user, room, this.newest.get(room.key) ?? null, to, onPage);
    ledger.resyncs.push({ userId: this.user.id, from, to, read });
    this.catchingUp--;
  }

  /** Messages that the server has left without any response, though it answers pings. */
  private lookForIgnored() {
    for (let ignored = this.outbox.resendIgnored(); ignored > 0; ignored--)
      this.tally.surprise("a message without an answer");
  }
}

/** The room that a frame's data names; null when it names none. */
function keyOf(data: { group_id?: number; conversation_id?: number } | undefined): string | null {
  if (data?.group_id) return `group:${data.group_id}`;
  return data?.conversation_id ? `conversation:${data.conversation_id}` : null;
}
