// A server that is killed under load with -9 again and again, and started again: `bun run faults --kills 20`.
import { Chance } from "../support/random.ts";
import { Scene } from "./scene.ts";
import { SingleServer } from "./single-server.ts";

/** Kills after a random time of up to `loadMs` of load, `rounds` times. */
export async function killUnderLoad(rounds: number, loadMs: number, seed: number) {
  const chance = new Chance(seed, "kills");
  const stage = await SingleServer.create();
  const { server } = stage;
  const scene = await Scene.open(stage, chance);
  const { tally } = scene;
  try {
    await scene.talk();
    let slowestStartMs = 0;
    for (let round = 0; round < rounds; round++) {
      await Bun.sleep(loadMs * chance.between(0.2, 1));
      // Every other time its PostgreSQL goes with it, as when the machine does; else the next start takes it over.
      const databasePid = round % 2 === 1 ? server.databasePid() : null;
      await server.end("SIGKILL");
      if (databasePid) process.kill(databasePid, "SIGKILL");
      slowestStartMs = Math.max(slowestStartMs, await server.start());
    }
    await scene.quiet();
    const { counts, surprises } = tally;
    return { verdict: await scene.judge(), slowestStartMs: Math.round(slowestStartMs), counts, surprises };
  } finally {
    await scene.close();
  }
}
