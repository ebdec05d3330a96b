// Work that is shared out: who asked least comes first, the known before the unknown, and a flood waits behind everyone.
import { expect, test } from "bun:test";
import { FairQueue } from "../../src/lib/fair-queue.ts";
import { Windows } from "../../src/lib/windows.ts";

/** A queue whose work ends when told, with what was begun and what was refused. */
function newQueue(room: number) {
  const queue = new FairQueue(1, room, () => new Error("full"));
  const begun: string[] = [];
  const refused: string[] = [];
  let finish: () => void = () => {};
  const ask = (name: string, party: string, isKnown = false) =>
    queue
      .run({ party, isKnown }, () => {
        begun.push(name);
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      })
      .catch(() => refused.push(name));
  /** Ends what is under way, and lets the next begin. */
  const step = async () => {
    finish();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { ask, step, begun, refused };
}

test("a newcomer comes before those who have asked often", async () => {
  const { ask, step, begun } = newQueue(10);
  for (const name of ["a1", "a2", "a3"]) ask(name, "a");
  await step();
  ask("b1", "b");
  for (let i = 0; i < 3; i++) await step();
  expect(begun).toEqual(["a1", "a2", "b1", "a3"]);
});

test("the known come before the unknown", async () => {
  const { ask, step, begun } = newQueue(10);
  for (const name of ["a1", "b1", "c1"]) ask(name, name[0]!);
  ask("d1", "d", true);
  for (let i = 0; i < 3; i++) await step();
  expect(begun).toEqual(["a1", "d1", "b1", "c1"]);
});

test("when there is no room, who asks most is refused, not who comes last", async () => {
  const { ask, step, refused, begun } = newQueue(4);
  for (let i = 1; i <= 6; i++) ask(`a${i}`, "a");
  ask("b1", "b");
  ask("c1", "c", true);
  await step();
  expect(refused).toEqual(["a6", "a5", "a4"]);
  expect(begun).toEqual(["a1", "c1"]);
  for (let i = 0; i < 2; i++) await step();
  expect(begun).toEqual(["a1", "c1", "b1", "a2"]);
});

test("who comes again and again has a quarter of it, while others go on", async () => {
  let now = 0;
  const begun: string[] = [];
  const queue = new FairQueue(
    1,
    10,
    () => new Error("full"),
    () => now,
  );
  const ask = (name: string, isKnown = false) =>
    queue.run({ party: name[0]!, isKnown }, async () => {
      begun.push(name);
      now += 40;
    });
  for (const name of ["a1", "a2", "a3", "a4"]) await ask(name);
  const fifth = ask("a5");
  await ask("b1");
  await ask("a6", true);
  expect(begun).toEqual(["a1", "a2", "a3", "a4", "b1", "a6"]);
  await ask("b2");
  await fifth;
  // The fourth ended at 160; 120 later the fifth may begin.
  expect(begun).toEqual(["a1", "a2", "a3", "a4", "b1", "a6", "b2", "a5"]);
});

test("who has waited too long is refused, and the others keep their turn", async () => {
  const queue = new FairQueue(1, 10, () => new Error("full"), undefined, 20);
  const first = Promise.withResolvers<string>();
  const begun = queue.run({ party: "a", isKnown: false }, () => first.promise);
  await expect(queue.run({ party: "b", isKnown: false }, async () => "late")).rejects.toThrow("full");
  first.resolve("done");
  expect(await begun).toBe("done");
  expect(await queue.run({ party: "b", isKnown: false }, async () => "again")).toBe("again");
});

test("an error is the asker's alone", async () => {
  const queue = new FairQueue(1, 1, () => new Error("full"));
  const claim = { party: "a", isKnown: false };
  await expect(queue.run(claim, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await queue.run(claim, async () => "done")).toBe("done");
});

test("a window begins with its first use, ends in its time, and is each key's own", () => {
  let now = 0;
  const windows = new Windows(2, 60, () => now);
  windows.use("a");
  now = 50_000;
  windows.use("a");
  expect(windows.wait("a")).toBe(10);
  expect(windows.wait("b")).toBe(0);
  windows.giveBack("a");
  expect(windows.wait("a")).toBe(0);
  windows.use("a");
  now = 60_000;
  expect(windows.wait("a")).toBe(0);
  expect(windows.used("a")).toBe(0);
});

test("windows of a flood of names don't fill the memory", () => {
  const windows = new Windows(1, 60, () => 0);
  for (let i = 0; i < 250_000; i++) windows.use(`name${i}`);
  expect(windows.used("name249999")).toBe(1);
  expect(windows.used("name0")).toBe(0);
});
