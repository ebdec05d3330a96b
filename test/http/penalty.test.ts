// Refusals of a flood are made to wait, and only so many of them at once.
import { expect, test } from "bun:test";
import { Penalty } from "../../src/http/penalty.ts";

const PLACES = 1_000;
const refuse = () => {
  throw new Error("too many");
};

test("a refusal comes after what was asked later and is within its rate", async () => {
  const penalty = new Penalty();
  const order: string[] = [];
  const refused = penalty.around(refuse).catch(() => order.push("refused"));
  await penalty.around(() => {});
  order.push("let in");
  await refused;
  expect(order).toEqual(["let in", "refused"]);
});

test("past the places there are, a refusal does not wait", async () => {
  const penalty = new Penalty();
  const order: number[] = [];
  const refused = Array.from({ length: PLACES + 1 }, (_, index) =>
    penalty.around(refuse).catch(() => order.push(index)),
  );
  await Promise.all(refused);
  expect(order[0]).toBe(PLACES);
  // Places are free again.
  await expect(penalty.around(refuse)).rejects.toThrow("too many");
});
