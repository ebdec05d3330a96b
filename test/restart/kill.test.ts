// What was promised survives the worst and the orderly end of a server.
import { expect, test } from "bun:test";
import { newUser } from "../client.ts";
import { check, FAULTS } from "./checker.ts";
import { killUnderLoad } from "./kill.ts";
import { Load, makeRooms } from "./load.ts";
import { ServerProcess } from "./server-process.ts";

const START_LIMIT_MS = 5_000;
const STOP_LIMIT_MS = 10_000;

test("twenty kills under load lose nothing that was acknowledged or shown, double nothing, and start again within 5 s", async () => {
  const result = await killUnderLoad(20, 400);
  for (const fault of FAULTS) expect([fault, result[fault]]).toEqual([fault, 0]);
  expect(result.stored).toBe(result.acknowledged);
  expect(result.acknowledged).toBeGreaterThan(1_000);
  expect(result.slowestStartMs).toBeLessThan(START_LIMIT_MS);
}, 120_000);

test("SIGTERM under load stores what is under way, closes sockets with 1001, stops PostgreSQL and exits with 0 within 10 s", async () => {
  const server = await ServerProcess.create();
  try {
    await server.start();
    const load = new Load(server.url, await makeRooms(server.url, newUser));
    await load.connect();
    load.start();
    await Bun.sleep(300);
    expect(server.databasePid()).not.toBeNull();
    const started = performance.now();
    expect(await server.end("SIGTERM")).toBe(0);
    expect(performance.now() - started).toBeLessThan(STOP_LIMIT_MS);
    load.stop();
    expect(new Set(await load.closeCodes())).toEqual(new Set([1001]));
    expect(server.databasePid()).toBeNull();

    await server.start();
    await load.connect();
    const verdict = check(await load.records());
    for (const fault of FAULTS) expect([fault, verdict[fault]]).toEqual([fault, 0]);
    expect(verdict.acknowledged).toBeGreaterThan(100);
  } finally {
    await server.remove();
  }
}, 60_000);
