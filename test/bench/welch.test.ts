// The t-test that the timing of log-ins is judged by, against values of R's t.test and pt.
import { expect, test } from "bun:test";
import { welch } from "./welch.ts";

test("the textbook's samples have the textbook's p", () => {
  const a = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
  const b = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.0, 23.9];
  const { t, df, p } = welch(a, b);
  expect(t).toBeCloseTo(-2.8352638, 6);
  expect(df).toBeCloseTo(27.713626, 5);
  expect(p).toBeCloseTo(0.008452732, 7);
});

test("equal samples do not differ, and shifted ones do", () => {
  const sample = Array.from({ length: 1_000 }, (_, i) => 10 + Math.sin(i));
  expect(welch(sample, sample).p).toBe(1);
  expect(
    welch(
      sample,
      sample.map((number) => number + 0.5),
    ).p,
  ).toBeLessThan(1e-20);
});

test("with many degrees of freedom it is the normal distribution", () => {
  const sample = Array.from({ length: 20_000 }, (_, i) => i % 2);
  // Standard error of the difference: 0.005; 1.96 of it is 5 %.
  const { p } = welch(
    sample,
    sample.map((number) => number + 1.959964 * 0.005),
  );
  expect(p).toBeCloseTo(0.05, 3);
});
