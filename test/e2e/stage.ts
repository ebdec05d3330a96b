// The server of a file: in this process, with a database of its own, so that it is there at once. What is done to a server as a process
// needs one (support/server-process.ts).
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import type { DatabaseTarget } from "../../src/db/client.ts";
import { SOCKET_TIMES } from "../../src/protocol/limits.ts";
import { startServer } from "../support/harness.ts";

export interface Stage {
  url: string;
  target: DatabaseTarget;
  /** Ends it for good, with its data. */
  remove(): Promise<void>;
}

/** With the settings of operators, of which `env` has some. */
export async function serve(env: Record<string, string> = {}): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), "chat-e2e-"));
  const config = readConfig({ DATA_DIR: dir, RATE_LIMITS: "off", LOG_LEVEL: "error", ...env });
  const { url, target, close } = await startServer({ ...config, port: 0 }, undefined, SOCKET_TIMES);
  return {
    url,
    target,
    async remove() {
      await close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
