// Many look-ups in one query: who waits for whom, and what becomes of errors.
import { expect, test } from "bun:test";
import { isTransientDatabaseError } from "../../src/db/errors.ts";
import { Loader } from "../../src/lib/loader.ts";

/** A loader whose queries end when the test says so; each answers its keys doubled. */
function heldLoader() {
  const queries: { keys: number[]; end(): void; fail(error: Error): void }[] = [];
  const loader = new Loader(
    (keys: number[]) =>
      new Promise<number[]>((resolve, reject) => {
        queries.push({ keys, end: () => resolve(keys.map((key) => key * 2)), fail: reject });
      }),
    { isShared: isTransientDatabaseError },
  );
  return { loader, queries, asked: () => queries.map(({ keys }) => keys) };
}

test("those who ask in the same turn share a query, and each gets its own answer", async () => {
  const { loader, queries, asked } = heldLoader();
  const answers = Promise.all([1, 2, 3].map((key) => loader.load(key)));
  await Promise.resolve();
  expect(asked()).toEqual([[1, 2, 3]]);
  queries[0]!.end();
  expect(await answers).toEqual([2, 4, 6]);
});

test("while two queries are under way, those who come make the next one", async () => {
  const { loader, queries, asked } = heldLoader();
  const answers = [];
  for (const key of [1, 2, 3, 4]) {
    answers.push(loader.load(key));
    await Bun.sleep(0);
  }
  expect(asked()).toEqual([[1], [2]]);
  queries[1]!.end();
  expect(await answers[1]).toBe(4);
  await Bun.sleep(0);
  expect(asked()).toEqual([[1], [2], [3, 4]]);
  queries[2]!.end();
  queries[0]!.end();
  expect(await Promise.all(answers)).toEqual([2, 4, 6, 8]);
});

test("a query takes a hundred at most, and the rest follow by themselves", async () => {
  const sizes: number[] = [];
  const loader = new Loader(async (keys: number[]) => {
    sizes.push(keys.length);
    return keys;
  });
  const keys = Array.from({ length: 250 }, (_, i) => i);
  expect(await Promise.all(keys.map((key) => loader.load(key)))).toEqual(keys);
  expect(sizes).toEqual([100, 100, 50]);
});

test("an error is the trouble of the key that brought it, and of no other caller", async () => {
  const asked: number[][] = [];
  const loader = new Loader(async (keys: number[]) => {
    asked.push(keys);
    if (keys.includes(2)) throw new Error("no such key");
    return keys;
  });
  const answers = await Promise.allSettled([1, 2, 3].map((key) => loader.load(key)));
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(asked).toEqual([[1, 2, 3], [1], [2], [3]]);
});

test("when the database is away all who shared the query are told at once, and nobody after them", async () => {
  const { loader, queries, asked } = heldLoader();
  const failing = Promise.allSettled([loader.load(1), loader.load(2)]);
  await Promise.resolve();
  const next = loader.load(3);
  await Promise.resolve();
  queries[0]!.fail(Object.assign(new Error("away"), { code: "CONNECTION_CLOSED" }));
  queries[1]!.end();
  expect((await failing).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await next).toBe(6);
  expect(asked()).toEqual([[1, 2], [3]]);
});

test("what weighs much goes in queries of its own, in order", async () => {
  const asked: number[][] = [];
  const loader = new Loader(
    async (keys: number[]) => {
      asked.push(keys);
      return keys;
    },
    { weigh: (key) => key },
  );
  const keys = [900, 1_000, 101, 5_000, 1, 1];
  expect(await Promise.all(keys.map((key) => loader.load(key)))).toEqual(keys);
  expect(asked).toEqual([[900, 1_000], [101], [5_000], [1, 1]]);
});
