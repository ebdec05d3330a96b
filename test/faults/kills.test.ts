// What was promised survives a server that is killed. Many more kills: `bun run faults --kills 20`.
import { expect, test } from "bun:test";
import { killUnderLoad } from "./kills.ts";

test("a kill under load, alone and with its PostgreSQL, loses nothing that was acknowledged or shown, and doubles nothing", async () => {
  const { verdict, surprises } = await killUnderLoad(2, 400, 1);
  for (const [fault, found] of Object.entries(verdict.faults)) expect([fault, found]).toEqual([fault, 0]);
  expect([...surprises]).toEqual([]);
  expect(verdict.acknowledged).toBeGreaterThan(50);
}, 120_000);
