// Which users other servers have: whatever the bus does to what servers say of it, a user is believed to be there only if they were
// within the last second; and while nothing is lost, they are.
import { expect, test } from "bun:test";
import { type ReachEntry, ReachedUsers } from "../../src/bus/reached-users.ts";
import { Chance } from "../support/random.ts";
import { ModelClock } from "./sequencer-model.ts";

const RUNS = 40;
const USERS = 6;
const NODES = ["a", "b", "c"];
// As documented; a stamp is of whole milliseconds.
const MAX_AGE_MS = 1_001;
const ACTIVE_MS = 20_000;

class Model {
  readonly clock = new ModelClock();
  readonly nodes = NODES.map((id) => ({
    id,
    reached: this.newReached(id),
    isFrozen: false,
    inbox: [] as (() => void)[],
  }));
  /** When each user last had a socket on a node, while they have none. */
  readonly goneAt = new Map<string, number>();
  weather = { loss: 0, delayMs: 0, repeats: 0 };

  constructor(private readonly chance: Chance) {}

  private newReached(id: string): ReachedUsers {
    return new ReachedUsers({ nodeId: id, clock: this.clock, send: (entry) => this.carry(id, entry) });
  }

  private carry(from: string, entry: ReachEntry) {
    for (const node of this.nodes) {
      if (node.id === from || this.chance.happens(this.weather.loss)) continue;
      for (let i = this.chance.happens(this.weather.repeats) ? 2 : 1; i > 0; i--) {
        const arrive = () => node.reached.onEntry(entry, from);
        const delay = 1 + this.chance.between(0, this.weather.delayMs);
        this.clock.after(delay, () => (node.isFrozen ? void node.inbox.push(arrive) : arrive()));
      }
    }
  }

  isOnline = (node: string, userId: number) => this.goneAt.get(`${node} ${userId}`) === undefined;

  setOnline(node: (typeof this.nodes)[number], userId: number, isOnline: boolean) {
    const key = `${node.id} ${userId}`;
    if (isOnline) this.goneAt.delete(key);
    else if (!this.goneAt.has(key)) {
      this.goneAt.set(key, this.clock.now());
      node.reached.withdraw(userId);
    }
  }

  /** What a node believes although it is not true, and was not a moment ago. */
  wrongBeliefs() {
    const now = this.clock.now();
    return this.nodes.flatMap((node) =>
      Array.from({ length: USERS }, (_, userId) => userId).filter((userId) => {
        if (node.isFrozen || !node.reached.has(userId)) return false;
        const others = this.nodes.filter((other) => other !== node);
        return others.every(({ id }) => (this.goneAt.get(`${id} ${userId}`) ?? now) < now - MAX_AGE_MS);
      }),
    );
  }
}

async function run(seed: number) {
  const chance = new Chance(seed, "reached users");
  const model = new Model(chance);
  for (const node of model.nodes) for (let user = 0; user < USERS; user++) model.setOnline(node, user, false);
  let believed = 0;
  while (model.clock.now() < ACTIVE_MS) {
    if (chance.happens(0.02))
      model.weather = chance.pick([
        { loss: 0, delayMs: 0, repeats: 0 },
        { loss: 0.5, delayMs: 0, repeats: 0 },
        { loss: 1, delayMs: 0, repeats: 0 },
        { loss: 0.1, delayMs: 3_000, repeats: 0.5 },
      ]);
    const node = chance.pick(model.nodes);
    const user = Math.floor(chance.between(0, USERS));
    if (node.isFrozen) {
      if (chance.happens(0.1)) {
        node.isFrozen = false;
        for (const arrive of node.inbox.splice(0)) arrive();
      }
    } else if (chance.happens(0.02)) node.isFrozen = true;
    else if (chance.happens(0.2)) model.setOnline(node, user, chance.happens(0.6));
    // A message is undelivered to them.
    else if (model.isOnline(node.id, user)) node.reached.vouch(user);
    await model.clock.runUntil(model.clock.now() + chance.between(1, 100));
    expect(model.wrongBeliefs()).toEqual([]);
    believed += model.nodes.filter(({ reached }) => reached.has(user)).length;
  }
  for (const { reached } of model.nodes) reached.close();
  return believed;
}

test("a user is believed to be on another server only if they were within the last second, whatever the bus does", async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const believed = await run(seed).catch((cause) => {
      throw new Error(`seed ${seed}`, { cause });
    });
    expect(believed).toBeGreaterThan(0);
  }
});

test("a user for whom a server vouches is believed to be there until they go, and nothing is said once nobody writes to them", async () => {
  const clock = new ModelClock();
  let sent = 0;
  const nodes: ReachedUsers[] = NODES.slice(0, 2).map((nodeId, own) => {
    const send = (entry: ReachEntry) => {
      sent++;
      clock.after(1, () => nodes[1 - own]!.onEntry(entry, nodeId));
    };
    return new ReachedUsers({ nodeId, clock, send });
  });
  const [here, there] = nodes as [ReachedUsers, ReachedUsers];
  there.vouch(7);
  await clock.runUntil(600);
  for (let at = 600; at < 50_000; at += 100) {
    expect(here.has(7)).toBe(true);
    expect(here.has(8)).toBe(false);
    await clock.runUntil(at);
  }
  await clock.runUntil(130_000);
  expect(here.has(7)).toBe(false);
  const before = sent;
  await clock.runUntil(200_000);
  expect(sent).toBe(before);
  there.vouch(7);
  await clock.runUntil(201_000);
  expect(here.has(7)).toBe(true);
  there.withdraw(7);
  await clock.runUntil(201_002);
  expect(here.has(7)).toBe(false);
});
