// `bun test/restart/kill.ts --rounds 20`: kills a server under load with -9 again and again, starts it again, and compares what
// clients were told with what is stored. Prints the figures; ends with 1 if anything was lost, doubled or out of order.
import { parseArgs } from "node:util";
import { newUser } from "../client.ts";
import { check, FAULTS, type Verdict } from "./checker.ts";
import { Load, makeRooms } from "./load.ts";
import { ServerProcess } from "./server-process.ts";

export interface KillResult extends Verdict {
  rounds: number;
  slowestStartMs: number;
}

/** Kills after a random time of up to `loadMs` of load, `rounds` times. */
export async function killUnderLoad(rounds: number, loadMs: number): Promise<KillResult> {
  const server = await ServerProcess.create();
  try {
    await server.start();
    const load = new Load(server.url, await makeRooms(server.url, newUser));
    let slowestStartMs = 0;
    for (let round = 0; round < rounds; round++) {
      await load.connect();
      load.start();
      await Bun.sleep(loadMs * (0.2 + 0.8 * Math.random()));
      // Every other time its PostgreSQL goes with it, as when the machine does; else the next start takes it over.
      const databasePid = round % 2 === 1 ? server.databasePid() : null;
      await server.end("SIGKILL");
      if (databasePid) process.kill(databasePid, "SIGKILL");
      load.stop();
      slowestStartMs = Math.max(slowestStartMs, await server.start());
    }
    await load.connect();
    return { rounds, slowestStartMs: Math.round(slowestStartMs), ...check(await load.records()) };
  } finally {
    await server.remove();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "20" }, "load-ms": { type: "string", default: "1000" } },
  });
  const result = await killUnderLoad(Number(values.rounds), Number(values["load-ms"]));
  console.table(result);
  process.exit(FAULTS.every((fault) => result[fault] === 0) ? 0 : 1);
}
