// A server of the bus benchmark, as a process of its own: without a bus, with one but alone, or beside a server that says nothing.
import { createServer } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import type { DatabaseTarget } from "../../src/db/client.ts";

export interface BusServer {
  target: DatabaseTarget;
  others: number | null;
}

const { target, others } = JSON.parse(process.argv[2]!) as BusServer;
const jwtSecret = "s".repeat(32);
const config = { ...readConfig({ PORT: "0", RATE_LIMITS: "off", LOG_LEVEL: "error" }), jwtSecret };
const server = await createServer(config, target, others === null ? {} : { cluster: { others: () => others } });
const { port } = server.listen();
console.log(`at http://127.0.0.1:${port}`);
