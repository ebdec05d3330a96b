// `realtime-chat health [PATH]`: for supervisors of containers that have no other program in them. Without a path, whether the process
// answers, and not whether its database does: to start it anew would not bring that back.
import { readConfig } from "./config.ts";

const TIMEOUT_MS = 4_000;

/** Ends the process: with 0 when the server answers, else with 1. */
export async function runHealthCheck(): Promise<never> {
  const { host, port } = readConfig(process.env);
  const address = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  // A proxy of the environment is none between a server and itself.
  process.env.NO_PROXY = address;
  const path = process.argv[2] ?? "/live";
  const isAlive = await fetch(`http://${address}:${port}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );
  process.exit(isAlive ? 0 : 1);
}
