// The test commands: one PostgreSQL for the run, the test files in a few processes beside each other, the slowest first.
//
//   bun run test             everything but the system tests
//   bun run test:system      *.system.test.ts: tests that start servers, PostgreSQL and other programs as processes of their own
//   bun run test:database    what depends on the version of PostgreSQL; TEST_DATABASE_URL says which one
//   bun run test:e2e         *.e2e.ts: the web client in real browsers
//
// Further arguments go to `bun test`.
import { join } from "node:path";
import { Glob } from "bun";
import { startCluster } from "./support/cluster.ts";
import { TEST_LIMIT_MS } from "./support/patience.ts";

// Tests wait as much as they work, so that one more process than there are cores to spare keeps these busy.
const PROCESSES = 3;

/** Left out of `bun run test`. */
const SYSTEM = "**/*.system.test.ts";
// Where statements are: whoever calls these, over HTTP or a socket, sees no difference between versions of PostgreSQL.
const DATABASE = ["db", "feeds", "modules", "sessions", "timeline"].map((dir) => `test/${dir}/`);
/** Those whose servers bring a PostgreSQL of their own, whatever TEST_DATABASE_URL says, and what is about a pooler in front of one. */
const OWN_DATABASE = ["embedded/*", "disk.*", "restore.*", "shutdown.*", "pooler.*"].map((files) => `test/db/${files}`);
/** Pictures, text and hashes, and hardly a statement; or each statement of others' once more, from everybody's place. */
const NO_DATABASE = [
  "files/images.*",
  "files/clients.*",
  "messages/*.property.*",
  "accounts/passwords.*",
  "*-matrix.*",
].map((files) => `test/modules/${files}`);

const ignore = (pattern: string) => `--path-ignore-patterns=${pattern}`;
const KINDS: Record<string, string[]> = {
  "--system": [".system.test.ts"],
  "--database": [...DATABASE, ...[...OWN_DATABASE, ...NO_DATABASE].map(ignore)],
  // No test files by their name, so that nothing but this command runs them.
  "--e2e": [...new Glob("test/e2e/*.e2e.ts").scanSync(join(import.meta.dir, ".."))].map((path) => `./${path}`).sort(),
};

const [kind = "", ...others] = process.argv.slice(2);
const given = KINDS[kind] ? others : process.argv.slice(2);
// Files that are named are run instead of all.
const selection = kind === "--e2e" && given.some((one) => one.endsWith(".e2e.ts")) ? [] : KINDS[kind];
const timings = join(import.meta.dir, kind === "--e2e" ? "e2e" : "", "timings.json");

const cluster = await startCluster();
const run = Bun.spawn(
  [
    process.execPath,
    "test",
    `--parallel=${PROCESSES}`,
    "--parallel-delay=0",
    // Files of one process share the modules of the server, which take longer to load than many a test. Each closes what it opens.
    "--no-isolate",
    `--timings=${timings}`,
    `--timeout=${TEST_LIMIT_MS}`,
    ...(selection ?? [ignore(SYSTEM)]),
    ...given,
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
