// A server of two is killed, and everybody whom it had comes to the other one at the same moment, which meanwhile has stored what they
// missed.
import type { Bench } from "../bench.ts";
import { Servers } from "../servers.ts";
import { addSeconds, CLIENTS, comeBack, connect, cutOff, MISSED_EACH, newFleet, prepareStorm, write } from "./storm.ts";

export async function takeover(bench: Bench) {
  const servers = await Servers.start("2, NATS", { count: 2, bus: "NATS", checkout: bench.checkout });
  const fleet = newFleet();
  try {
    const { clients, rooms } = await prepareStorm(servers);
    const [survivor, victim] = servers.urls as [string, string];
    await connect(fleet, victim, clients);
    const name = `${CLIENTS} clients of a killed server resume on the other, ${MISSED_EACH} missed each`;
    await servers.processes[1]!.end("SIGKILL");
    await cutOff(fleet);
    await write(survivor, rooms);
    addSeconds(bench, name, await comeBack(bench, name, fleet, survivor));
  } finally {
    await Promise.all(fleet.map((process) => process.end()));
    await servers.end();
  }
}
