// One PostgreSQL for the whole run. `bun run test` starts it and hands its address to the test processes; a single file that is
// run by `bun test` starts one of its own, once something asks for it.
import { afterAll, setDefaultTimeout } from "bun:test";
import { type Cluster, type ClusterAddress, startCluster } from "./cluster.ts";
import { TEST_LIMIT_MS } from "./patience.ts";
import "./cheap-hashing.ts";

// For files that are run by themselves; where several share a process, it holds for the first one alone, and test/run.ts says it again.
setDefaultTimeout(TEST_LIMIT_MS);

const { TEST_CLUSTER } = process.env;
let own: Promise<Cluster> | null = null;

export async function findCluster(): Promise<ClusterAddress> {
  if (TEST_CLUSTER) return JSON.parse(TEST_CLUSTER);
  own ??= startCluster();
  return (await own).address;
}

afterAll(async () => {
  await (await own)?.stop();
  own = null;
});
