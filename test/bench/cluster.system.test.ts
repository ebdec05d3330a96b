// The benchmark of several servers in its shortest form: how fast they are is not judged, only that everybody sees every message, and
// that it is told what each part costs. Wants Debian's packages `nats-server` and `caddy`.
import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "./report.ts";

type Results = ReturnType<Report["toJSON"]>;

const dir = await mkdtemp(join(tmpdir(), "chat-bench-"));
afterAll(() => rm(dir, { recursive: true, force: true }));

async function bench(only: string): Promise<Results> {
  const json = join(dir, "results.json");
  const args = ["--only", only, "--quick", "--rounds", "1", "--seconds", "0.3", "--json", json];
  const run = Bun.spawn([process.execPath, join(import.meta.dir, "run.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = await new Response(run.stdout).text();
  if ((await run.exited) !== 0) throw new Error(`${printed}\n${await new Response(run.stderr).text()}`);
  return Bun.file(json).json();
}

test("clients spread over two servers see every message, and the cost of each part is told", async () => {
  const { rounds, figures, tables } = await bench("cluster:spread");
  const subjects = rounds.map(({ subject }) => subject).sort();
  expect(subjects).toEqual(["1 server", "2, NATS", "2, NOTIFY", "floor"]);
  for (const { subject, counted, cpu, answered, deliveries } of rounds) {
    expect(answered).toBeGreaterThan(0);
    expect(deliveries).toBeGreaterThan(answered);
    expect(cpu.bus !== null).toBe(subject === "2, NATS");
    if (subject === "floor") continue;
    expect(counted!.batches).toBeGreaterThan(0);
    // Each server hears of what the other one stored.
    expect(counted!.heard > 0).toBe(subject !== "1 server");
  }
  expect(figures.filter(({ bar }) => bar).map(({ name, against }) => [name, against])).toEqual([
    ["direct, 10 in flight: 2, NATS", "1 server"],
  ]);
  expect(tables[0]!.rows.map(([subject]) => subject)).toEqual(["", "floor", "1 server", "2, NOTIFY", "2, NATS"]);
}, 180_000);

test("clients of a killed server see the messages of another one, none missing, and how long that took is told", async () => {
  const { figures, notes } = await bench("failover");
  expect(notes).toHaveLength(2);
  // At the second kill all of them are on the server that is killed.
  expect(notes[1]!.values.clients).toBe(100);
  expect(figures.map(({ unit, bar }) => [unit, bar?.bar])).toEqual([
    ["ms", undefined],
    ["ms", 2_000],
    ["ms", undefined],
  ]);
}, 180_000);
