// What a simulated client does besides writing plain text: it formats, mentions, replies, attaches, reacts, uploads and downloads. It
// records what it is told, for the checker.
import type { Json, User } from "../../support/client.ts";
import type { Chance } from "../../support/random.ts";
import { markOf } from "../entries.ts";
import { messagesPath, type Room } from "../rooms.ts";
import type { Tally } from "../tally.ts";
import { areBytesOf, clientIdOf } from "./bytes.ts";
import { RichCalls } from "./calls.ts";
import type { RichRecords } from "./records.ts";
import { type Draft, flawOf, randomEntities, saidIn } from "./text.ts";
import { uploadByTus, uploadForm } from "./upload.ts";

const RICH_SHARE = 0.2;
/** Messages of a room that are remembered, to reply and react to. */
const RECENT = 30;
const FILES_READY = 4;
const CALLS_AT_ONCE = 4;
// A request whose connection broke may still be under way at the server.
const FINISH_LIMIT_MS = 20_000;
const TICK_MS = 100;
// Times are compared in whole milliseconds, and what happens in the same one leaves open which was first.
const SHOWN_MS = 20;
const EMOJIS = ["👍", "❤️", "😂", "🏳️‍🌈", "👩🏽‍🚀", "🎉"];
/** What a server says that can do nothing now, or a user who may not. */
const REFUSALS = new Set([403, 404, 409, 429, 503]);

interface Recent {
  id: number;
  files: [id: number, clientId: string][];
}

type Known = Recent & { room: Room };

export class RichClient {
  private readonly calls: RichCalls;
  private readonly recent = new Map<string, Recent[]>();
  /** Files that are there and were not sent. */
  private readonly ready: [id: number, clientId: string][] = [];
  /** Being uploaded, perhaps for the second time. */
  private uploading: string | null = null;
  /** To be asked for next: they were deleted, or their room was left. */
  private readonly suspects: Known[] = [];
  private underWay = 0;
  private isUploading = false;
  private isReacting = false;
  private lastReaction: { room: Room; message: Recent; emoji: string } | null = null;
  private isFinishing = false;
  /** Messages of the user's own that others have answered. */
  private readonly answered = new Set<number>();

  constructor(
    private readonly user: User,
    url: string,
    private readonly rooms: Room[],
    /** Two clients of a user don't put the same one: what becomes of it would depend on both. */
    private readonly emojis: string[],
    private readonly chance: Chance,
    private readonly tally: Tally,
    readonly records: RichRecords,
  ) {
    this.calls = new RichCalls(url, user.token);
  }

  static emojisOf = (isSecond: boolean) => EMOJIS.filter((_, i) => i % 2 === Number(isSecond));

  /** What the next message in this room has besides its text; mostly nothing. */
  draft(room: Room): Omit<Draft, "clientId"> {
    if (!this.chance.happens(RICH_SHARE)) return {};
    const target = this.chance.happens(0.5) ? this.pickRecent(room) : undefined;
    const files: [number, string][] = [];
    while (this.ready.length > 0 && this.chance.happens(0.5)) {
      const file = this.ready.shift()!;
      files.push(file);
      // Now and then it is tried in two messages.
      if (this.chance.happens(0.3)) this.ready.push(file);
      if (files.length > 1) break;
    }
    return {
      ...(this.chance.happens(0.6) && { entities: this.entities(room) }),
      ...(target && { reply_to: target.id }),
      ...(files.length > 0 && { files: [...new Map(files.map((file) => [file[0], file])).values()] }),
    };
  }

  /** Whether somebody quotes this message of the user's own: what becomes of it shows in two places. */
  isAnswered = (messageId: number) => this.answered.has(messageId);

  entities = (room: Room) =>
    randomEntities(
      this.chance,
      room.people.map(({ id }) => id),
    );

  /** One of the things that are done over HTTP; several at once are not done. */
  async act() {
    if (this.underWay >= CALLS_AT_ONCE) return;
    this.underWay++;
    try {
      if (this.suspects.length > 0) await this.download(this.suspects.shift()!);
      else if (this.ready.length < FILES_READY && this.chance.happens(0.3)) await this.upload();
      else if (this.chance.happens(0.3)) await this.downloadAny();
      else await this.react();
    } finally {
      this.underWay--;
    }
  }

  /** Once there are no faults any more: what was begun can be completed. */
  async finish() {
    const deadline = Date.now() + FINISH_LIMIT_MS;
    this.isFinishing = true;
    while (this.underWay > 0 && Date.now() < deadline) await Bun.sleep(TICK_MS);
    while (this.uploading !== null && Date.now() < deadline) {
      await this.upload();
      if (this.uploading !== null) await Bun.sleep(TICK_MS);
    }
    this.isFinishing = false;
    if (this.uploading !== null) this.records.flaws.wrongFiles.push("an upload can't be completed");
  }

  /** It was shown in an event with this `seq`, in the acknowledgement of a send, or in a page (null). `readAfter`: as in QuoteShown. */
  onMessage(room: Room, message: Json, seq: number | null, readAfter: number | null) {
    const flaw = flawOf(message);
    if (flaw) this.records.flaws.wrongExtras.push(`${flaw}: ${JSON.stringify(message)}`);
    const { reply_to: quote } = message;
    if (quote?.sender_id === this.user.id) this.answered.add(quote.id);
    if (quote) {
      this.records.quotes.push({
        room: room.key,
        seq,
        quoted: {
          id: quote.id,
          seq: quote.seq,
          senderId: quote.sender_id,
          mark: markOf(quote.body),
          isDeleted: quote.deleted_at !== undefined,
        },
        readAfter,
      });
    }
    const list = this.recent.get(room.key) ?? [];
    this.recent.set(room.key, list);
    const known = list.find(({ id }) => id === message.id);
    if (message.deleted_at !== null) {
      if (known && known.files.length > 0) this.suspect({ ...known, room });
      return;
    }
    const files = saidIn(message.body).files ?? [];
    const dropped = known?.files.filter(([id]) => !files.some(([kept]) => kept === id)) ?? [];
    if (dropped.length > 0) this.suspect({ id: message.id, files: dropped, room });
    if (known) known.files = files;
    else if (list.push({ id: message.id, files }) > RECENT) list.shift();
  }

  /** A page showed its reactions. */
  onPage(room: Room, message: Json, readAfter: number) {
    this.onMessage(room, message, null, readAfter);
    const { id: messageId, reactions = [] } = message;
    this.records.reactions.push({ room: room.key, messageId, userId: this.user.id, reactions, readAfter });
  }

  /** The user has asked to take a file out of a message; `endedAt`: as of a Drop. */
  onDropped(fileId: number, startedAt: number, endedAt: number | null) {
    this.records.drops.push({ fileId, startedAt, endedAt });
    this.tally.add("files taken out of messages");
  }

  onLeft(room: Room) {
    const withFiles = this.recent.get(room.key)?.filter(({ files }) => files.length > 0) ?? [];
    for (const known of withFiles.slice(-CALLS_AT_ONCE)) this.suspect({ ...known, room });
  }

  /** Asked for at once, as who was removed is soon back, and again when others have certainly been shown why. */
  private suspect(known: Known) {
    this.ask(known);
    setTimeout(() => this.ask(known), SHOWN_MS);
  }

  private ask(known: Known) {
    if (this.isFinishing) return;
    if (this.suspects.length < RECENT) this.suspects.push(known);
    void this.act();
  }

  private pickRecent({ key }: Room): Recent | undefined {
    const list = this.recent.get(key);
    return list && list.length > 0 ? this.chance.pick(list) : undefined;
  }

  private async react() {
    if (this.isReacting) return;
    const room = this.chance.pick(this.rooms);
    // The newest ones, so that the same emoji is put and taken back.
    const message = this.recent.get(room.key)?.at(-1 - Math.floor(this.chance.between(0, 4)));
    if (!message) return;
    this.isReacting = true;
    // Often the one of before: put once more, or taken back.
    const again = this.chance.happens(0.5) ? this.lastReaction : null;
    this.lastReaction = again ?? { room, message, emoji: this.chance.pick(this.emojis) };
    await this.reactTo(this.lastReaction, this.chance.happens(0.6));
    this.isReacting = false;
  }

  private async reactTo({ room, message, emoji }: NonNullable<RichClient["lastReaction"]>, isOn: boolean) {
    const path = `${messagesPath(room)}/${message.id}/reactions/${encodeURIComponent(emoji)}`;
    const response = await this.calls.send(isOn ? "PUT" : "DELETE", path);
    const call = { room: room.key, userId: this.user.id, messageId: message.id, emoji, isOn };
    if (response?.status === 200) {
      this.tally.add("reactions put and taken back");
      const reactions: Json[] = response.json.data.reactions;
      const mine = reactions.some((reaction) => reaction.emoji === emoji && reaction.mine === true);
      this.records.reactionCalls.push({ ...call, answer: { mine } });
      return;
    }
    this.expect(response?.status, "a reaction");
    // `unavailable` leaves open what became of it.
    const isRefused = response !== null && response.status < 500;
    this.records.reactionCalls.push({ ...call, answer: isRefused ? "refused" : null });
  }

  private async upload() {
    if (this.isUploading) return;
    this.isUploading = true;
    this.uploading ??= crypto.randomUUID();
    const clientId = this.uploading;
    const isForm = Bun.hash(clientId) % 2n === 0n;
    const { id, status } = await (isForm ? uploadForm(this.calls, clientId) : uploadByTus(this.calls, clientId));
    this.isUploading = false;
    if (id === null) return this.expect(status, "an upload");
    this.uploading = null;
    this.ready.push([id, clientId]);
    this.tally.add("files uploaded");
  }

  private async downloadAny() {
    const room = this.chance.pick(this.rooms);
    const withFiles = this.recent.get(room.key)?.filter(({ files }) => files.length > 0) ?? [];
    if (withFiles.length > 0) await this.download({ ...this.chance.pick(withFiles), room });
  }

  private async download({ room, id: messageId, files }: Known) {
    const [fileId, clientId] = this.chance.pick(files);
    const startedAt = Date.now();
    const response = await this.calls.send("GET", `/files/${fileId}/content`);
    const endedAt = Date.now();
    if (response?.status !== 200 && response?.status !== 404) return this.expect(response?.status, "a download");
    const isFound = response.status === 200;
    this.tally.add(isFound ? "files downloaded" : "files refused");
    this.records.downloads.push({
      room: room.key,
      messageId,
      fileId,
      userId: this.user.id,
      startedAt,
      endedAt,
      isFound,
    });
    if (isFound && !areBytesOf(clientIdOf(clientId), response.bytes))
      this.records.flaws.wrongFiles.push(`file ${fileId} has other bytes: ${response.bytes.length}`);
  }

  private expect(status: number | undefined, what: string) {
    // (An upload of which all is there may still have to be processed.)
    if (status !== undefined && status >= 300 && !REFUSALS.has(status)) this.tally.surprise(`${what}: ${status}`);
  }
}
