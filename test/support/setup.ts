// One PostgreSQL for the whole run. `bun run test` starts it and hands its address to the test processes; a single file that is
// run by `bun test` starts one of its own.
import { afterAll } from "bun:test";
import { type ClusterAddress, startCluster } from "./cluster.ts";

const { TEST_CLUSTER } = process.env;
const own = TEST_CLUSTER ? null : await startCluster();

export const cluster: ClusterAddress = own ? own.address : JSON.parse(TEST_CLUSTER!);

if (own) afterAll(() => own.stop());
