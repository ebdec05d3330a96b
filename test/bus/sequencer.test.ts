// The promises of the sequencer, over two thousand seeds of the model; and that the model sees when one is broken.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PublishedEvent } from "../../src/bus/bus.ts";
import { Sequencer } from "../../src/bus/sequencer.ts";
import type { Room } from "../../src/protocol/rooms.ts";
import { type Edit, mutate } from "../faults/mutants.ts";
import { ModelClock, runModel, type SequencerClass } from "./sequencer-model.ts";

const SRC = join(import.meta.dir, "../../src/bus");
const RUNS = Number(process.env.SEQUENCER_RUNS ?? 2_000);
const folder = mkdtempSync(join(tmpdir(), "sequencer-"));
afterAll(() => rmSync(folder, { recursive: true }));

test(`every event of a followed room is published once and in order, whatever happens (${RUNS} seeds)`, async () => {
  for (let seed = 1; seed <= RUNS; seed++)
    expect({ seed, problem: await runModel(seed, Sequencer) }).toEqual({ seed, problem: null });
}, 120_000);

test("a gap that nothing fills is read alone, not what waits behind it, and not before others had time to tell of it", async () => {
  const clock = new ModelClock();
  const room: Room = { kind: "direct", id: 1 };
  const events = Array.from({ length: 20 }, (_, i): PublishedEvent => {
    return { room, seq: i + 1, frame: "{}", signal: null, undeliveredTo: null };
  });
  const delivered: number[] = [];
  const asked: { roomId: number; after: number; limit: number }[] = [];
  const sequencer = new Sequencer({
    clock,
    graceMs: (isComing) => (isComing ? 100 : 10),
    isBusUp: () => true,
    log: { warn: () => {} },
    onRoomGone: () => {},
    onHistoryLost: () => {},
    reader: {
      async readEvents(ranges) {
        asked.push(...ranges);
        return ranges.map(({ after, limit }) => events.slice(after, after + limit));
      },
      readPositions: async () => new Map([[1, 20]]),
    },
    deliver: ({ seq }) => delivered.push(seq),
  });
  sequencer.follow(room, 0);
  for (const event of events.slice(3)) sequencer.offer(event, event.seq % 2 === 0);
  sequencer.offer(events[1]!, false);
  await clock.runUntil(99);
  expect(asked).toEqual([]);
  await clock.runUntil(101);
  // The first, the second kept, the third.
  expect(asked).toEqual([
    { roomId: 1, after: 0, limit: 2 },
    { roomId: 1, after: 2, limit: 1 },
  ]);
  expect(delivered).toEqual(events.map(({ seq }) => seq));
  sequencer.close();
});

const file = "sequencer.ts";
const MUTANTS: Record<string, Edit> = {
  "no ordering": { file, find: "this.keep(line, event);\n", replace: "this.publish(line, event);\n" },
  "no gap recovery": { file, find: "this.due.add(line);", replace: "return;" },
  "no wait in catchUp": {
    file,
    find: "if (!line || line.hasReached(seq)) continue;",
    replace: "if (seq >= 0) continue;",
  },
  "followed from another position": {
    file,
    find: "line = new RoomLine(room.id, seq, this.clock);",
    replace: "line = new RoomLine(room.id, Math.max(0, seq - 1), this.clock);",
  },
  "target forgotten": { file, find: "line.target = Math.max(line.target, seq);", replace: "" },
  "repeats published": { file, find: "event.seq === line.at + 1) {", replace: "event.seq <= line.at + 1) {" },
  "no verification": { file: "verifier.ts", find: "this.compareWith(before, await", replace: "void (await" },
  "positions kept over a change of history": {
    file,
    find: "for (const line of this.lines.values()) this.drop(line);",
    replace: "",
  },
};

test.each(Object.entries(MUTANTS))(
  "the model notices %s",
  async (name, edit) => {
    const Mutant = await load(name, edit);
    let problem: string | null = null;
    for (let seed = 1; seed <= 200 && problem === null; seed++) problem = await runModel(seed, Mutant);
    expect(problem).toBeString();
  },
  60_000,
);

async function load(name: string, edit: Edit): Promise<SequencerClass> {
  const target = join(folder, name.replaceAll(" ", "-"));
  for (const part of ["sequencer.ts", "room-line.ts", "recent.ts", "verifier.ts", "clock.ts"]) {
    const source = await Bun.file(join(SRC, part)).text();
    await Bun.write(join(target, part), part === edit.file ? mutate(source, edit) : source);
  }
  return (await import(join(target, file))).Sequencer;
}
