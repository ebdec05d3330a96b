// `bun run bench:bus`: what the bus between servers costs one server a message. The same server on the same PostgreSQL without a bus, with
// one but alone, and telling another server everything, in turn under the same load.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connect } from "../../src/db/connect.ts";
import { chooseDataDir, startEmbedded } from "../../src/db/embedded/postgres.ts";
import { prepareDatabase } from "../../src/db/prepare.ts";
import type { BusServer } from "./bus-server.ts";
import { cpuSeconds, ownCpuSeconds } from "./cpu.ts";
import { runRound } from "./fleet.ts";
import { newConversations } from "./people.ts";
import type { SocketPlan } from "./plan.ts";
import { median, type Round } from "./round.ts";
import type { Subject } from "./subjects.ts";

const CONVERSATIONS = 20;
const SUBJECTS = { "no bus": null, alone: 0, "telling another": 1 } satisfies Record<string, BusServer["others"]>;
type Name = keyof typeof SUBJECTS;
const NAMES = Object.keys(SUBJECTS) as Name[];

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    seconds: { type: "string", default: "3" },
    rate: { type: "string", default: "3000" },
  },
});

const base = await mkdtemp(join(tmpdir(), "chat-bus-"));
await Bun.$`chmod 755 ${base}`.quiet(); // The database's user must be able to enter.
const postgres = await startEmbedded(await chooseDataDir(join(base, "data")));
const children: Bun.Subprocess[] = [];
try {
  const admin = connect(postgres.target("postgres"), { max: 1, name: "bench" });
  const [{ pid: databasePid }] = (await admin`
    select pg_read_file('postmaster.pid')::text as pid`.then(([row]) => [{ pid: Number.parseInt(row!.pid, 10) }])) as [
    { pid: number },
  ];
  const subjects = {} as Record<Name, { subject: Subject; sockets: SocketPlan[] }>;
  for (const [i, name] of NAMES.entries()) {
    await admin.unsafe(`create database bus_${i}`);
    const target = postgres.target(`bus_${i}`);
    await prepareDatabase(target);
    const about: BusServer = { target, others: SUBJECTS[name] };
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "bus-server.ts"), JSON.stringify(about)], {
      stdout: "pipe",
    });
    children.push(child);
    const url = await urlOf(child);
    const usage = () => ({ server: ownCpuSeconds(child.pid), database: cpuSeconds(databasePid), bus: null });
    const subject: Subject = { name, urls: [url], usage, tokenOf: ({ token }) => token };
    subjects[name] = { subject, sockets: await newConversations(url, CONVERSATIONS) };
  }
  const run = (name: Name, seconds: number) =>
    runRound(
      subjects[name].subject,
      { sockets: subjects[name].sockets, inFlight: 0, rate: Number(options.rate) },
      seconds,
    );
  for (const name of NAMES) await run(name, 1);
  const rounds: Record<Name, Round>[] = [];
  for (let i = 0; i < Number(options.rounds); i++) {
    const round = {} as Record<Name, Round>;
    for (const name of i % 2 ? NAMES.toReversed() : NAMES) round[name] = await run(name, Number(options.seconds));
    rounds.push(round);
  }
  const cost = (part: "server" | "database", name: Name) => (round: Record<Name, Round>) =>
    (round[name].cpu[part]! / round[name].answered) * 1e6;
  for (const part of ["server", "database"] as const) {
    for (const name of NAMES) {
      const ratios = rounds.map((round) => cost(part, name)(round) / cost(part, "no bus")(round));
      const microseconds = median(rounds.map(cost(part, name)));
      console.log(
        `${part.padEnd(9)} ${name.padEnd(16)} ${microseconds.toFixed(1).padStart(7)} us a message, ratio ${median(ratios).toFixed(3)}`,
      );
    }
  }
  const faults = rounds.flatMap((round) => NAMES.flatMap((name) => round[name].faults));
  for (const fault of faults) console.log(`fault: ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
  await admin.end();
} finally {
  for (const child of children) child.kill();
  await Promise.all(children.map((child) => child.exited));
  await postgres.stop();
  await rm(base, { recursive: true, force: true });
}

async function urlOf(child: Bun.Subprocess<"ignore", "pipe", "inherit">): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    const url = /at (\S+)\n/.exec(text)?.[1];
    if (url) return url;
  }
  throw new Error("the server did not start");
}
