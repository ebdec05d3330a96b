// The orderly end of a server that is busy.
import { expect, test } from "bun:test";
import { PATIENCE_MS } from "../support/patience.ts";
import { Chance } from "../support/random.ts";
import { Scene } from "./scene.ts";
import { SingleServer } from "./single-server.ts";

test("SIGTERM under load stores what is under way, closes sockets with 1001, stops PostgreSQL and exits with 0 within 10 s", async () => {
  const stage = await SingleServer.create();
  const scene = await Scene.open(stage, new Chance(1, "orderly end"));
  const { server } = stage;
  const { tally } = scene;
  const closings = (code: number) =>
    [...tally.counts].reduce((sum, [what, n]) => sum + (what.startsWith(`closed: ${code}`) ? n : 0), 0);
  try {
    await scene.talk();
    expect([...tally.surprises]).toEqual([]);
    expect(server.databasePid()).not.toBeNull();
    // Who is put out of a room in this very moment is closed for that.
    const open = scene.openSockets + closings(1008);
    // With 0 only within 9.5 s: later, main.ts ends it with 1.
    expect(await server.end("SIGTERM")).toBe(0);
    expect(server.databasePid()).toBeNull();
    for (const deadline = Date.now() + PATIENCE_MS; closings(1001) + closings(1008) < open; await Bun.sleep(10)) {
      if (Date.now() > deadline) expect(closings(1001) + closings(1008)).toBe(open);
    }

    await server.start();
    await scene.quiet();
    const verdict = await scene.judge();
    for (const [fault, found] of Object.entries(verdict.faults)) expect([fault, found]).toEqual([fault, 0]);
    expect(verdict.acknowledged).toBeGreaterThan(50);
  } finally {
    await scene.close();
  }
});
