// The proxy of deploy/Caddyfile.cluster in front of several servers, as a process of its own. Wants Debian's package `caddy`.
import { join } from "node:path";
import { PATIENCE_MS } from "./patience.ts";
import { freePort } from "./server-process.ts";

const CADDYFILE = join(import.meta.dir, "../../deploy/Caddyfile.cluster");

export interface CaddyProxy {
  url: string;
  stop(): Promise<void>;
}

/** Resolves when it serves one of the servers, which must have TRUST_PROXY=1. */
export async function startCaddy(serverUrls: readonly string[]): Promise<CaddyProxy> {
  const caddy = Bun.which("caddy");
  if (!caddy) throw new Error("caddy is missing: apt-get install caddy");
  const url = `http://127.0.0.1:${await freePort()}`;
  const { PATH = "", HOME = "" } = process.env;
  const child = Bun.spawn([caddy, "run", "--adapter", "caddyfile", "--config", CADDYFILE], {
    env: { PATH, HOME, SITE: url, SERVERS: serverUrls.map((server) => new URL(server).host).join(" ") },
    stdio: ["ignore", "ignore", "ignore"],
  });
  const isServed = () =>
    fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isServed())) {
    if (performance.now() > deadline || child.exitCode !== null) {
      child.kill();
      throw new Error("caddy does not serve the servers");
    }
    await Bun.sleep(50);
  }
  return {
    url,
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}
