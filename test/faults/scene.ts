// Everything that a campaign needs on stage: servers behind a network of their own, people with their clients, and in the end quiet, and
// the comparison.
import type { User } from "../support/client.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import type { Chance } from "../support/random.ts";
import type { Launch } from "../support/server-process.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { observeAftermath } from "./aftermath.ts";
import { check, type Fault, type Verdict } from "./checker.ts";
import { observeLeftovers } from "./large-groups.ts";
import { MembershipChurn } from "./membership-churn.ts";
import type { RoomRecord } from "./records.ts";
import { checkRich, type RichRoom } from "./rich/checker.ts";
import { findStrayObjects, readFiles, readFresh, readRows } from "./rich/observe.ts";
import { RichRecords } from "./rich/records.ts";
import { SdkClient } from "./rich/sdk-client.ts";
import { makeRooms, type Room } from "./rooms.ts";
import { observeIndex } from "./search-index.ts";
import { SimulatedClient } from "./simulated-client.ts";
import { readStored, type Target } from "./stored.ts";
import { Tally } from "./tally.ts";

// Servers with a fault built in often never come to be as they should, which shows soon.
const MUTANT_PATIENCE_MS = 15_000;
// What is still on its way to a client arrives well within this.
const STILL_MS = 300;

/** The servers that a scene plays on, and how it reaches them and what they store. */
export interface Stage {
  urls: string[];
  target(): Promise<Target>;
  /** How long is waited in quiet for what should come to be: milliseconds, or a few seconds when a server was just killed. */
  patienceMs: number;
  /** Brings every server to this version, where some run another one. */
  upgrade?(): Promise<unknown>;
  /** Set where some of them know nothing of formatting, reactions and files. */
  isPlain?: boolean;
  /** Where the servers keep the bytes of files. */
  filesDir: string;
  remove(): Promise<unknown>;
}

export const patienceWith = (launch: Launch | undefined) => (launch?.env?.MUTANT ? MUTANT_PATIENCE_MS : PATIENCE_MS);

export class Scene {
  private talking: Promise<void>[] = [];
  /** What was found by observeAftermath. */
  private readonly aftermath = { wrongPresence: 0, wrongDeliveries: 0, leftovers: 0 } satisfies Partial<
    Record<Fault, number>
  >;
  private readonly examples: string[] = [];

  private constructor(
    private readonly stage: Stage,
    readonly network: TcpProxy,
    readonly rooms: Room[],
    readonly clients: SimulatedClient[],
    readonly churn: MembershipChurn,
    readonly tally: Tally,
    /** Null where servers know nothing of rich messages. */
    private readonly rich: RichRecords | null,
    /** One of a user who stays in all rooms; null as well. */
    private readonly sdk: SdkClient | null,
  ) {}

  /** Everybody connects. Ends the servers when they can't. */
  static async open(stage: Stage, chance: Chance): Promise<Scene> {
    try {
      const { people, rooms } = await makeRooms(stage.urls[0]!);
      const network = await TcpProxy.start(...stage.urls);
      const tally = new Tally();
      const rich = stage.isPlain ? null : new RichRecords();
      const clients = people.flatMap((user, i) => {
        const own = rooms.filter((room) => room.people.includes(user));
        const newClient = (kind: ConstructorParameters<typeof SimulatedClient>[3]) =>
          new SimulatedClient(user, network.url, own, kind, chance.of(`${kind} ${i}`), tally, rich);
        // Everybody has the one socket; every other one has a second client of the other kind.
        return i % 2 === 0 ? [newClient("one socket"), newClient("a socket a room")] : [newClient("one socket")];
      });
      const churn = new MembershipChurn(network.url, rooms, chance.of("membership churn"), tally);
      // The owner of most rooms, whom nobody removes.
      const [owner] = people as [User, ...User[]];
      const owned = rooms.filter((room) => room.owner === owner);
      const sdk = rich && new SdkClient(owner, network.url, owned, chance.of("sdk"), tally, rich);
      const scene = new Scene(stage, network, rooms, clients, churn, tally, rich, sdk);
      for (const client of clients) client.wake();
      return scene;
    } catch (error) {
      await stage.remove();
      throw error;
    }
  }

  /** Everybody writes, in rooms whose members come and go. Resolves once each has had a message acknowledged, or can't get there. */
  async talk() {
    this.talking = this.clients.map((client) => client.write());
    const deadline = Date.now() + this.stage.patienceMs;
    const mute = () => this.clients.filter(({ outbox }) => outbox.acknowledged.length === 0);
    while (mute().length > 0 && Date.now() < deadline) await Bun.sleep(20);
    // Servers with a fault built in may leave a client without an answer for good; what it does to the others is still to be seen.
    for (const _ of mute()) this.tally.surprise("a client that could not write");
    this.churn.start();
    this.sdk?.start();
  }

  /** Nobody writes any more; waits until everything is acknowledged and shown, or will never be. */
  async quiet() {
    await this.churn.stop();
    await this.sdk?.stop();
    for (const client of this.clients) client.stopWriting();
    await Promise.all(this.talking);
    await Promise.all(this.clients.map((client) => client.finish()));
    for (const client of this.clients) client.doubt();
    const deadline = Date.now() + this.stage.patienceMs;
    const isBusy = () => this.clients.some((client) => !client.isSettled || client.unanswered > 0);
    while (isBusy()) {
      if (Date.now() > deadline) {
        this.tally.surprise("a client that did not come to rest");
        break;
      }
      await Bun.sleep(20);
    }
    for (let last = -1, now = this.shown; last !== now; [last, now] = [now, this.shown]) await Bun.sleep(STILL_MS);
  }

  /** Compares what everybody was told and shown with what is stored, and adds what was found before. */
  async judge(): Promise<Verdict> {
    const stored = await readStored(
      await this.stage.target(),
      this.rooms.map(({ id }) => id),
    );
    const verdict = check(
      this.rooms.map((room): RoomRecord => {
        const ledgers = this.clients.flatMap(({ ledgers }) => ledgers.get(room.key) ?? []);
        for (const ledger of ledgers) ledger.hangUp();
        return {
          isGroup: room.kind === "group",
          founders: room.kind === "group" ? [room.owner.id] : room.people.map(({ id }) => id),
          stored: stored.get(room.id)!,
          acknowledged: this.clients.flatMap(({ outbox }) =>
            outbox.acknowledged.filter((ack) => ack.room === room).map(({ entry }) => entry),
          ),
          trails: new Map(this.clients.flatMap(({ outbox }) => [...outbox.trails])),
          written: this.clients.flatMap(({ outbox }) =>
            outbox.written.get(room.key) ? [outbox.written.get(room.key)!] : [],
          ),
          visits: ledgers.flatMap(({ visits }) => visits),
          resyncs: ledgers.flatMap(({ resyncs }) => resyncs),
          shownAfterEnd: this.clients.flatMap(({ shownAfterEnd }) =>
            shownAfterEnd.filter(({ key }) => key === room.key),
          ),
          ends: ledgers.map(({ userId, position }) => ({ userId, position })),
        };
      }),
    );
    if (this.rich) await this.judgeRich(this.rich, verdict);
    for (const { letInAfterEnd } of this.clients) verdict.faults.sessionsOutlived += letInAfterEnd;
    const wrongIndex = await observeIndex(await this.stage.target(), this.stage.patienceMs);
    verdict.faults.wrongIndex += wrongIndex.length;
    verdict.examples.push(...wrongIndex.slice(0, 3));
    for (const [fault, found] of Object.entries(this.aftermath)) verdict.faults[fault as Fault] += found;
    verdict.examples.push(...this.examples);
    return verdict;
  }

  private async judgeRich(records: RichRecords, verdict: Verdict) {
    const target = await this.stage.target();
    const rows = await readRows(
      target,
      this.rooms.map(({ id }) => id),
    );
    const rooms: RichRoom[] = [];
    for (const room of this.rooms) {
      const visits = this.clients.flatMap(({ ledgers }) => ledgers.get(room.key)?.visits ?? []);
      rooms.push({
        key: room.key,
        isGroup: room.kind === "group",
        founders: room.kind === "group" ? [room.owner.id] : room.people.map(({ id }) => id),
        rows: rows.get(room.id)!,
        pages: await readFresh(this.stage.urls[0]!, target, room),
        knownAt: knownTimes(visits.flatMap(({ early, shown }) => [...early, ...shown])),
      });
    }
    for (const { key, pages } of rooms) {
      const page = pages.find(({ userId }) => userId === this.sdk?.user.id);
      const isRead = page && this.rooms.some((room) => room.key === key && room.owner === this.sdk?.user);
      if (isRead) records.flaws.wrongReactions.push(...(await this.sdk!.differencesFrom(key, page)));
    }
    records.flaws.wrongFiles.push(...(await findStrayObjects(target, this.stage.filesDir)));
    const { faults, examples } = checkRich(rooms, await readFiles(target), records);
    for (const [fault, found] of Object.entries(faults)) verdict.faults[fault as Fault] += found;
    verdict.examples.push(...examples);
  }

  /** Looks for what is wrong with presence, deliveries and deleted groups, now that nobody writes. */
  async observeAftermath() {
    const { urls, patienceMs } = this.stage;
    const { wrongPresence, wrongDeliveries, examples } = await observeAftermath(
      urls,
      this.rooms,
      this.clients,
      patienceMs,
    );
    this.aftermath.wrongPresence += wrongPresence;
    this.aftermath.wrongDeliveries += wrongDeliveries;
    this.aftermath.leftovers += await observeLeftovers(await this.stage.target(), patienceMs);
    this.examples.push(...examples);
    this.tally.add("looks at presence, deliveries and deleted groups");
  }

  /** What only this version does can be judged once every server runs it, and has had the time to catch up. */
  async upgrade() {
    await this.stage.upgrade?.();
    await this.quiet();
  }

  get openSockets() {
    return this.clients.reduce((sum, client) => sum + client.openSockets, 0);
  }

  async close() {
    for (const client of this.clients) client.sleep();
    this.sdk?.close();
    await this.network.close();
    await this.stage.remove();
  }

  private get shown() {
    return this.tally.get("shown live") + this.tally.get("shown on return");
  }
}

/** By when everything up to a seq had been shown to somebody, and so was committed. */
function knownTimes(shown: { seq: number; at: number }[]): (seq: number) => number {
  const times: number[] = [];
  for (const { seq, at } of shown) times[seq] = Math.min(at, times[seq] ?? at);
  let known = Number.POSITIVE_INFINITY;
  for (let seq = times.length - 1; seq >= 0; seq--) {
    known = Math.min(known, times[seq] ?? known);
    times[seq] = known;
  }
  return (seq) => times[seq] ?? Number.POSITIVE_INFINITY;
}
