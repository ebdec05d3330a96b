// Everything that a campaign needs on stage: a server of its own behind a network of its own, people with their devices, and in the end
// quiet, and the comparison.
import { join } from "node:path";
import type { Chance } from "../support/random.ts";
import { type Launch, OURS, ServerProcess } from "../support/server-process.ts";
import { Network } from "../support/tcp-proxy.ts";
import { check, type Verdict } from "./checker.ts";
import { DatabaseLine } from "./database-line.ts";
import { Device } from "./device.ts";
import { Meddler } from "./meddler.ts";
import type { RoomRecord } from "./records.ts";
import { makeRooms, type Room } from "./rooms.ts";
import { readStored } from "./stored.ts";
import { Tally } from "./tally.ts";

// Resends and resumes after the last fault take a second or two; a server that was just killed, a few more.
const QUIET_LIMIT_MS = 30_000;
// What is still on its way to a client arrives well within this.
const STILL_MS = 300;

/** A server that reaches its database through the line, and is the mutant that `env` names, if any. */
const onLine = ({ command, env, ...launch }: Launch = OURS, { path }: DatabaseLine): Launch => ({
  ...launch,
  command: [...command, "--preload", join(import.meta.dir, "mutate.ts")],
  env: { ...env, DATABASE_LINE: path },
});

export class Scene {
  private talking: Promise<void>[] = [];

  private constructor(
    readonly server: ServerProcess,
    readonly network: Network,
    readonly databaseLine: DatabaseLine,
    readonly rooms: Room[],
    readonly devices: Device[],
    readonly meddler: Meddler,
    readonly tally: Tally,
  ) {}

  /** Starts a server, and everybody connects. */
  static async open(chance: Chance, launch?: Launch): Promise<Scene> {
    let server: ServerProcess;
    const databaseLine = await DatabaseLine.to(async () => (await server.target()).socket);
    server = await ServerProcess.create(undefined, onLine(launch, databaseLine));
    try {
      await server.start();
      const { people, rooms } = await makeRooms(server.url);
      const network = await Network.to(Number(new URL(server.url).port));
      const tally = new Tally();
      const devices = people.flatMap((user, i) => {
        const own = rooms.filter((room) => room.people.includes(user));
        const newDevice = (kind: ConstructorParameters<typeof Device>[3]) =>
          new Device(user, network.url, own, kind, chance.of(`${kind} ${i}`), tally);
        // Everybody has the one socket; every other one has a second device of the other kind.
        return i % 2 === 0 ? [newDevice("one socket"), newDevice("a socket a room")] : [newDevice("one socket")];
      });
      const meddler = new Meddler(network.url, rooms, chance.of("meddler"), tally);
      const scene = new Scene(server, network, databaseLine, rooms, devices, meddler, tally);
      for (const device of devices) device.wake();
      return scene;
    } catch (error) {
      await databaseLine.close();
      await server.remove();
      throw error;
    }
  }

  /** Everybody writes, in rooms whose members come and go. Resolves once each has had a message acknowledged. */
  async talk() {
    this.talking = this.devices.map((device) => device.write());
    const deadline = Date.now() + QUIET_LIMIT_MS;
    while (this.devices.some(({ acknowledged }) => acknowledged.length === 0)) {
      if (Date.now() > deadline) throw new Error("not everybody can write");
      await Bun.sleep(20);
    }
    this.meddler.start();
  }

  /** Nobody writes any more; waits until everything is acknowledged and shown, or will never be. */
  async quiet() {
    await this.meddler.stop();
    for (const device of this.devices) device.stopWriting();
    await Promise.all(this.talking);
    for (const device of this.devices) device.doubt();
    const deadline = Date.now() + QUIET_LIMIT_MS;
    const isBusy = () => this.devices.some((device) => !device.isSettled || device.unanswered > 0);
    while (isBusy()) {
      if (Date.now() > deadline) {
        this.tally.surprise("a client that did not come to rest");
        break;
      }
      await Bun.sleep(20);
    }
    for (let last = -1, now = this.shown; last !== now; [last, now] = [now, this.shown]) await Bun.sleep(STILL_MS);
  }

  /** Compares what everybody was told and shown with what is stored. */
  async judge(): Promise<Verdict> {
    const stored = await readStored(
      await this.server.target(),
      this.rooms.map(({ id }) => id),
    );
    const verdict = check(
      this.rooms.map((room): RoomRecord => {
        const ledgers = this.devices.flatMap(({ ledgers }) => ledgers.get(room.key) ?? []);
        for (const ledger of ledgers) ledger.hangUp();
        return {
          isGroup: room.kind === "group",
          founders: room.kind === "group" ? [room.owner.id] : room.people.map(({ id }) => id),
          stored: stored.get(room.id)!,
          acknowledged: this.devices.flatMap(({ acknowledged }) =>
            acknowledged.filter((ack) => ack.room === room).map(({ entry }) => entry),
          ),
          trails: new Map(this.devices.flatMap(({ trails }) => [...trails])),
          written: this.devices.flatMap(({ written }) => (written.has(room.key) ? [written.get(room.key)!] : [])),
          visits: ledgers.flatMap(({ visits }) => visits),
          resyncs: ledgers.flatMap(({ resyncs }) => resyncs),
          shownAfterEnd: this.devices.flatMap(({ shownAfterEnd }) =>
            shownAfterEnd.filter(({ key }) => key === room.key),
          ),
          ends: ledgers.map(({ userId, position }) => ({ userId, position })),
        };
      }),
    );
    for (const { letInAfterEnd } of this.devices) verdict.faults.sessionsOutlived += letInAfterEnd;
    return verdict;
  }

  get openSockets() {
    return this.devices.reduce((sum, device) => sum + device.openSockets, 0);
  }

  async close() {
    for (const device of this.devices) device.sleep();
    this.network.close();
    await this.server.remove();
    await this.databaseLine.close();
  }

  private get shown() {
    return this.tally.get("shown live") + this.tally.get("shown on return");
  }
}
