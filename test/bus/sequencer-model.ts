// A sequencer on a model of everything around it: a database that several servers write to, a bus that loses, repeats, delays and
// reorders, reads that fail or come late, subscribers that come and go. All of it follows from the seed, on a clock of its own.
import { type PublishedEvent, whenCaughtUp } from "../../src/bus/bus.ts";
import type { Clock } from "../../src/bus/clock.ts";
import type { Sequencer, SequencerParts } from "../../src/bus/sequencer.ts";
import type { Room } from "../../src/protocol/rooms.ts";
import { Chance } from "../support/random.ts";

export type SequencerClass = new (parts: SequencerParts) => Sequencer;

const ROOMS = 3;
const ACTIVE_MS = 6_000;
// A period of verification and what it takes to act on it, with room.
const QUIET_MS = 70_000;

/** Time that passes only when it is told to. */
export class ModelClock implements Clock {
  private time = 0;
  private count = 0;
  private readonly timers = new Map<number, { at: number; work: () => void }>();

  now() {
    return this.time;
  }

  after(ms: number, work: () => void) {
    const id = this.count++;
    this.timers.set(id, { at: this.time + ms, work });
    return () => void this.timers.delete(id);
  }

  sleep = (ms: number) => new Promise<void>((resolve) => void this.after(ms, resolve));

  /** Lets time pass without the timers being called, as in a process that is frozen. */
  freeze(ms: number) {
    this.time += ms;
  }

  async runUntil(end: number) {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      let first: [number, { at: number; work: () => void }] | null = null;
      for (const timer of this.timers) if (!first || timer[1].at < first[1].at) first = timer;
      if (!first || first[1].at > end) break;
      this.timers.delete(first[0]);
      this.time = Math.max(this.time, first[1].at);
      first[1].work();
    }
    this.time = Math.max(this.time, end);
  }
}

interface ModelRoom extends Room {
  events: PublishedEvent[];
  isDeleted: boolean;
}

/** One socket's subscription to a room: what it has heard since, from which position on. */
interface Subscriber {
  roomId: number;
  at: number;
  hasTap: boolean;
  replayedTo: number;
  isGone: boolean;
}

/** Returns the first promise that was broken; null when all were kept. */
export async function runModel(seed: number, Subject: SequencerClass): Promise<string | null> {
  const chance = new Chance(seed, "sequencer");
  const clock = new ModelClock();
  const rooms = Array.from({ length: ROOMS }, (_, i): ModelRoom => {
    return { id: i + 1, kind: "direct", events: [], isDeleted: false };
  });
  const byId = (id: number) => rooms[id - 1]!;
  const subscribers = new Set<Subscriber>();
  const counts = new Map<number, number>();
  const problems: string[] = [];
  let pending = 0;
  let isFaulty = true;
  let epoch = 0;
  let outageUntil = 0;
  const loss = chance.pick([0, 0.2, 0.6]);
  const failures = chance.pick([0, 0.2]);
  const slowness = chance.pick([5, 40, 300]);
  const readLimit = chance.pick([1, 3, 200]);

  // Of a snapshot that is taken after some time, and returned after some more.
  async function read<T>(take: () => T): Promise<T> {
    const isFailing = () => isFaulty && (clock.now() < outageUntil || chance.happens(failures));
    await clock.sleep(chance.between(0, 5));
    if (isFailing()) throw new Error("unavailable");
    const taken = take();
    await clock.sleep(chance.between(0, isFaulty ? slowness : 5));
    if (isFailing()) throw new Error("unavailable");
    return taken;
  }

  const endAll = (roomId: number) => {
    for (const subscriber of subscribers) if (subscriber.roomId === roomId) leave(subscriber);
  };
  const clear = () => {
    epoch++;
    for (const { roomId } of subscribers) endAll(roomId);
    sequencer.clear();
  };

  const sequencer = new Subject({
    clock,
    graceMs: (isComing) => (isComing ? 100 : 10),
    isBusUp: () => true,
    log: { warn: (about) => problems.push(`not delivered: ${JSON.stringify(about)}`) },
    onRoomGone: ({ id }) => {
      if (!byId(id).isDeleted) problems.push(`room ${id} said to be gone`);
      endAll(id);
    },
    onHistoryLost: () => problems.push("history said to be lost"),
    reader: {
      readEvents: (ranges) =>
        read(() =>
          ranges.map(({ roomId, after, limit }) =>
            byId(roomId).events.slice(after, after + Math.min(limit, readLimit)),
          ),
        ),
      readPositions: (ids) =>
        read(() => new Map(ids.map((id) => [id, byId(id).isDeleted ? null : byId(id).events.length]))),
    },
    deliver(event) {
      if (byId(event.room.id).events[event.seq - 1] !== event) problems.push(`${name(event)} is not of this history`);
      for (const subscriber of subscribers) {
        if (subscriber.roomId !== event.room.id) continue;
        if (event.seq !== subscriber.at + 1) problems.push(`${name(event)} after ${subscriber.at}`);
        subscriber.at = event.seq;
        if (event.seq <= subscriber.replayedTo) problems.push(`${name(event)} came again after its replay`);
      }
    },
  });
  const name = ({ room, seq }: PublishedEvent) => `event ${seq} of room ${room.id}`;

  function leave(subscriber: Subscriber) {
    if (!subscribers.delete(subscriber)) return;
    subscriber.isGone = true;
    const left = (counts.get(subscriber.roomId) ?? 0) - 1;
    counts.set(subscriber.roomId, left);
    if (left === 0) sequencer.unfollow(subscriber.roomId);
  }

  async function caughtUp(roomId: number, seq: number, isStale: () => boolean, work: () => void) {
    pending++;
    await whenCaughtUp(sequencer, [[roomId, seq]], isStale, work);
    pending--;
  }

  async function subscribe() {
    const room = chance.pick(rooms);
    const began = epoch;
    const seq = room.events.length;
    await clock.sleep(chance.between(0, slowness));
    await caughtUp(
      room.id,
      seq,
      () => began !== epoch,
      () => follow(room, seq, began),
    );
  }

  function follow(room: ModelRoom, seq: number, began: number) {
    if (began !== epoch || room.isDeleted) return;
    const before = counts.get(room.id) ?? 0;
    counts.set(room.id, before + 1);
    if (before === 0) sequencer.follow(room, seq);
    const at = sequencer.positionOf(room.id);
    if (at === null || at < seq) problems.push(`room ${room.id} followed at ${at} below ${seq}`);
    subscribers.add({ roomId: room.id, at: at ?? seq, hasTap: false, replayedTo: 0, isGone: false });
  }

  // What is published meanwhile is buffered; after it, nothing up to the position that was replayed may come.
  async function resume() {
    const subscriber = chance.pick([...subscribers]);
    if (!subscriber) return;
    const seq = byId(subscriber.roomId).events.length;
    await clock.sleep(chance.between(0, slowness));
    const isStale = () => subscriber.isGone;
    await caughtUp(subscriber.roomId, seq, isStale, () => {
      if (subscriber.isGone) return;
      if (subscriber.at < seq) problems.push(`room ${subscriber.roomId} resumed at ${subscriber.at} below ${seq}`);
      subscriber.replayedTo = seq;
    });
  }

  async function carry(event: PublishedEvent, isOwn: boolean, delay: number) {
    const began = epoch;
    await clock.sleep(delay);
    if (began === epoch) sequencer.offer(event, isOwn);
  }

  function commit() {
    const room = chance.pick(rooms);
    if (room.isDeleted) return;
    const seq = room.events.length + 1;
    const event = { room, seq, frame: `${seq}`, signal: null, undeliveredTo: null };
    room.events.push(event);
    if (chance.happens(0.4)) {
      void carry(event, true, chance.pick([0, 0, 3]));
      return;
    }
    if (chance.happens(loss)) return;
    if (chance.happens(0.1)) sequencer.hint(room.id, seq);
    else void carry(event, false, chance.between(0, slowness));
    if (chance.happens(0.2)) void carry(event, false, chance.between(0, 4 * slowness));
  }

  const actions = {
    commit,
    burst: () => {
      for (let left = 8; left > 0; left--) commit();
    },
    subscribe: () => void subscribe(),
    resume: () => void resume(),
    leave: () => {
      const subscriber = chance.pick([...subscribers]);
      if (subscriber) leave(subscriber);
    },
    verify: () => void sequencer.verify(chance.happens(0.5) ? undefined : [chance.pick(rooms).id]),
    outage: () => {
      outageUntil = clock.now() + chance.between(50, 1_500);
    },
    freeze: () => clock.freeze(chance.between(100, 8_000)),
    falseHint: () => sequencer.hint(chance.pick(rooms).id, chance.between(1, 60) | 0),
    clear: () => {
      clear();
      for (const room of rooms) room.events.length = Math.floor(room.events.length * chance.next());
    },
    deletion: () => {
      chance.pick(rooms).isDeleted = true;
    },
  };
  const weights = {
    ...{ commit: 60, burst: 6, subscribe: 12, resume: 12, leave: 6, verify: 2 },
    ...{ outage: 1, freeze: 0.5, falseHint: 1, clear: 0.3, deletion: 0.1 },
  };

  for (let left = 3; left > 0; left--) void subscribe();
  while (clock.now() < ACTIVE_MS && problems.length === 0) {
    actions[chance.weighted(weights)]();
    await clock.runUntil(clock.now() + chance.pick([0, 5, 60]));
  }
  isFaulty = false;
  await clock.runUntil(clock.now() + QUIET_MS);
  if (pending > 0) problems.push(`${pending} still wait`);
  for (const { roomId, at } of subscribers) {
    const { events, isDeleted } = byId(roomId);
    if (isDeleted) problems.push(`the deletion of room ${roomId} was not noticed`);
    else if (at !== events.length) problems.push(`room ${roomId} stays at ${at} of ${events.length}`);
  }
  sequencer.close();
  return problems[0] ?? null;
}
