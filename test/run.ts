// The test command: one PostgreSQL for the run, the test files in three processes beside each other, the slowest first.
// Arguments go to `bun test`.
import { join } from "node:path";
import { startCluster } from "./support/cluster.ts";

const TIMINGS = join(import.meta.dir, "timings.json");

const cluster = await startCluster();
const run = Bun.spawn(
  [
    process.execPath,
    "test",
    "--timeout=20000",
    "--parallel=3",
    "--parallel-delay=0",
    `--timings=${TIMINGS}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: join(import.meta.dir, ".."),
    env: { ...process.env, TEST_CLUSTER: JSON.stringify(cluster.address) },
    stdio: ["inherit", "inherit", "inherit"],
  },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => run.kill(signal));
await run.exited;
await cluster.stop();
process.exit(run.exitCode ?? 1);
