// The middle of a history against a model of the server: whatever the order in which requests are read, responses and events arrive, and
// connections are cut, a room shows a part of its history without gaps or doubles, and all of it as it stands.
import { afterEach, expect, test } from "bun:test";
import { type Chat, createChat, type RoomStore } from "../../../src/sdk/index.ts";
import { Chance } from "../../support/random.ts";
import { ModelRoom } from "./model-room.ts";

// `SEED=… SEEDS=…` to look further, or again at one that failed.
const SEEDS = Number(process.env.SEEDS ?? 25);
const FIRST_SEED = Number(process.env.SEED ?? 1);
const STEPS = 160;
const HISTORY = 260;

let chat: Chat | null = null;
afterEach(() => chat?.close());

// Timers of the SDK are due at once.
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

const shownOf = (room: RoomStore) => {
  const { messages, ...snapshot } = room.getSnapshot();
  return { ...snapshot, stored: messages.filter(({ seq }) => seq !== null), messages };
};

function open(model: ModelRoom): RoomStore {
  chat = createChat({
    url: "http://model",
    token: "t",
    fetch: model.fetch,
    WebSocket: model.WebSocket,
    backoff: { baseMs: 0, capMs: 0 },
    heartbeatMs: 1e6,
    responseTimeoutMs: 1e6,
  });
  return chat.room("group:7");
}

/** Until nothing is on its way. */
async function drain(model: ModelRoom) {
  for (let quiet = 0; quiet < 3; ) {
    const isBusy = model.requests.length > 0 || model.frames.length > 0 || !model.isConnected;
    quiet = isBusy ? 0 : quiet + 1;
    for (const request of [...model.requests]) {
      if (!request.response) model.read(request);
      model.arrive(request);
    }
    while (model.frames.length > 0) model.deliver();
    await settled();
  }
}

/** Holds at any time. */
function checkOrder(model: ModelRoom, room: RoomStore) {
  const { stored, messages, events, hasOlder, hasNewer, status } = shownOf(room);
  const seqs = stored.map(({ seq }) => seq!);
  const [first, last] = [seqs[0] ?? 0, seqs.at(-1) ?? 0];
  // While the newest page is read again, after too much was missed, what is live is shown below what was there.
  if (status !== "loading")
    expect(seqs).toEqual(model.messages.map(({ seq }) => seq).filter((seq) => seq >= first && seq <= last));
  else expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  expect(new Set(messages.map(({ key }) => key)).size).toBe(messages.length);
  if (status === "ready" && !hasOlder && stored.length > 0) expect(first).toBe(model.messages[0]!.seq);
  if (hasNewer) {
    expect(messages.length).toBe(stored.length);
    expect(events.every(({ seq }) => seq < last)).toBe(true);
  }
}

/** Holds once everything has arrived. */
function checkContent(model: ModelRoom, room: RoomStore) {
  const { stored, events, hasNewer, info } = shownOf(room);
  const byId = new Map(model.messages.map((message) => [message.id, message]));
  const contentOf = ({
    body,
    deleted_at,
    reactions,
  }: Pick<(typeof stored)[0], "body" | "deleted_at" | "reactions">) => ({
    body,
    deleted_at,
    reactions,
  });
  expect(stored.map(contentOf)).toEqual(stored.map(({ id }) => contentOf(byId.get(id!)!)));
  const [first, last] = [stored[0]!.seq!, hasNewer ? stored.at(-1)!.seq! : Number.POSITIVE_INFINITY];
  const happened = model.log.filter(({ type, seq }) => type === "group.updated" && seq > first && seq < last);
  expect(events.filter(({ seq }) => seq > first).map(({ seq }) => seq)).toEqual(happened.map(({ seq }) => seq));
  if (!hasNewer) expect(stored.at(-1)!.id).toBe(model.messages.at(-1)!.id);
  expect(info!.unread_count).toBe(model.unread);
}

let jumps = 0;

async function run(seed: number) {
  const chance = new Chance(seed, "middle");
  const model = new ModelRoom();
  for (let i = 0; i < HISTORY; i++) {
    if (chance.happens(0.1)) model.rename();
    model.say(chance.pick([1, 2, 2]));
  }
  model.unreadFrom = model.seq + 1;
  model.frames = [];
  const room = open(model);
  room.subscribe(() => checkOrder(model, room));
  const steps: string[] = [];
  /** The message that was jumped to last, while the middle is shown. */
  let target: number | null = null;

  const jump = () => {
    const { id } = chance.pick(model.messages);
    room.showAround(id).then(
      () => {
        const { stored, hasNewer } = shownOf(room);
        if (hasNewer) jumps++;
        target = hasNewer && stored.some((message) => message.id === id) ? id : null;
      },
      () => {},
    );
  };
  const somewhere = () => {
    const { stored } = shownOf(room);
    const shown = model.messages.filter(({ id }) => stored.some((message) => message.id === id));
    return chance.pick(chance.happens(0.7) && shown.length > 0 ? shown : model.messages);
  };
  const acts: Record<string, () => void> = {
    jump,
    older: () => void room.loadOlder().catch(() => {}),
    newer: () => void room.loadNewer().catch(() => {}),
    newest: () => {
      target = null;
      room.showNewest();
    },
    send: () => {
      target = null;
      room.send("mine");
      expect(room.getSnapshot().hasNewer).toBe(false);
    },
    say: () => void model.say(2),
    rename: () => model.rename(),
    edit: () => {
      const message = somewhere();
      if (!message.deleted_at) model.edit(message);
    },
    delete: () => {
      const message = somewhere();
      if (!message.deleted_at) model.delete(message);
    },
    react: () => {
      const message = somewhere();
      if (!message.deleted_at) model.react(message, chance.happens(0.7));
    },
    read: () => {
      const unread = model.requests.filter(({ response }) => !response);
      if (unread.length > 0) model.read(chance.pick(unread));
    },
    arrive: () => {
      const read = model.requests.filter(({ response }) => response);
      if (read.length > 0) model.arrive(chance.pick(read));
    },
    fail: () => {
      if (model.requests.length > 0) model.fail(chance.pick(model.requests));
    },
    deliver: () => model.deliver(),
    cut: () => model.cut(),
    // More than is replayed.
    sleep: () => {
      model.cut();
      for (let i = 0; i < 15; i++) model.say(2);
      for (let i = 0; i < 5; i++) acts.edit!();
    },
  };
  const weights = {
    jump: 4,
    older: 5,
    newer: 8,
    newest: 1,
    send: 1,
    say: 8,
    rename: 2,
    edit: 6,
    delete: 2,
    react: 6,
    read: 25,
    arrive: 25,
    fail: 1,
    deliver: 40,
    cut: 1,
    sleep: 0.5,
  }; // prettier-ignore

  try {
    for (let i = 0; i < STEPS; i++) {
      const name = chance.weighted(weights);
      const wasShown = target !== null && room.getSnapshot().hasNewer;
      const before = shownOf(room).stored;
      const beforeTarget: number | null = target;
      steps.push(name);
      acts[name]!();
      await settled();
      checkOrder(model, room);
      const { stored, hasNewer, status } = shownOf(room);
      // A page of the newest that is still to come would take the joined part away again.
      if (wasShown && target !== null && !hasNewer) expect(status).toBe("ready");
      if (wasShown && target === beforeTarget) {
        expect(stored.some(({ id }) => id === target)).toBe(true);
        expect(stored[0]!.seq).toBeLessThanOrEqual(before[0]!.seq!);
        expect(stored.at(-1)!.seq).toBeGreaterThanOrEqual(before.at(-1)!.seq!);
      }
      if (!hasNewer) target = null;
      if (chance.happens(0.03)) {
        steps.push("drain");
        await drain(model);
        checkContent(model, room);
      }
    }
    await drain(model);
    checkContent(model, room);
    // Down to the newest, and up to the first.
    await walk(
      () => room.loadNewer(),
      () => room.getSnapshot().hasNewer,
    );
    checkContent(model, room);
    await walk(
      () => room.loadOlder(),
      () => room.getSnapshot().hasOlder,
    );
    checkContent(model, room);
    expect(shownOf(room).stored.map(({ id }) => id!)).toEqual(model.messages.map(({ id }) => id));
  } catch (error) {
    (error as Error).message += `\nseed ${seed}, after ${steps.length} steps: … ${steps.slice(-25).join(" ")}`;
    throw error;
  }

  async function walk(load: () => Promise<void>, isOn: () => boolean) {
    for (let pages = 0; isOn(); pages++) {
      if (pages > 20) throw new Error("It never ends.");
      load().catch(() => {});
      await drain(model);
      checkOrder(model, room);
    }
  }
}

test("requests, events and cuts in any order: no gap, no double, nothing outdated, and the middle stays where it is", async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    await run(seed);
    chat!.close();
  }
  expect(jumps).toBeGreaterThan(SEEDS);
});

/** A room that shows a part of its history around message number `at`. */
async function openAt(at: number, count = 300) {
  const model = new ModelRoom();
  for (let i = 0; i < count; i++) model.say(2);
  const room = open(model);
  room.subscribe(() => checkOrder(model, room));
  await drain(model);
  const load = async (reading: Promise<void>) => {
    await drain(model);
    await reading;
  };
  await load(room.showAround(model.messages[at]!.id));
  return { model, room, load, range: () => shownOf(room).stored.map(({ seq }) => seq!) };
}

/** More than is replayed. */
const missMuch = (model: ModelRoom) => {
  model.cut();
  for (let i = 0; i < 60; i++) model.say(2);
};

test("a part of several pages is read again whole", async () => {
  const { model, room, load, range } = await openAt(150);
  for (let pages = 0; pages < 2; pages++) await load(room.loadOlder());
  const before = range();
  expect(before.length).toBe(150);
  missMuch(model);
  model.edit(model.messages.find(({ seq }) => seq === before.at(-1))!);
  await drain(model);
  expect(range().slice(0, before.length)).toEqual(before);
  checkContent(model, room);
});

test("a part that meets the newest page while that is read again waits for it", async () => {
  const { model, room, load, range } = await openAt(215);
  const before = range();
  missMuch(model);
  while (!model.requests.some(({ path }) => path.endsWith("messages?limit=50"))) {
    await settled();
    model.deliver();
  }
  // All but the newest page, which is slow.
  const isNewest = ({ path }: { path: string }) => path.endsWith("messages?limit=50");
  const newer = room.loadNewer();
  for (let quiet = 0; quiet < 5; quiet++) {
    for (const request of model.requests.filter((one) => !isNewest(one))) {
      model.read(request);
      model.arrive(request);
      quiet = 0;
    }
    await settled();
  }
  expect(range().length).toBeGreaterThan(before.length);
  expect(room.getSnapshot().hasNewer).toBe(true);
  await load(newer);
  expect(range()).toEqual(expect.arrayContaining(before));
});

test("an earlier server, which returns its newest page instead, has not found the message", async () => {
  const { model, room, range } = await openAt(150);
  const before = range();
  model.knowsAround = false;
  const refused = room.showAround(model.messages[20]!.id).catch((error) => error);
  await drain(model);
  expect((await refused).code).toBe("not_found");
  expect(range()).toEqual(before);
});
