// One run of the fuzzer: a server of its own, attackers with and without accounts, innocent people who go on chatting, and what is
// found.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { PASSWORD } from "../support/client.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import { Chance } from "../support/random.ts";
import { newDir, OURS, ServerProcess } from "../support/server-process.ts";
import { Attackers } from "./attackers.ts";
import { Documents } from "./documents.ts";
import { type Attack, HttpAttack } from "./http-attack.ts";
import { Innocents } from "./innocents.ts";
import { KnownIds } from "./known-ids.ts";
import { Ledger } from "./ledger.ts";
import { RawAttack } from "./raw-attack.ts";
import { Requests } from "./requests.ts";
import { SocketAttack } from "./socket-attack.ts";
import { type Hints, Values } from "./values.ts";

export interface FuzzOptions {
  seed: number;
  /** Requests and frames in all. */
  count: number;
  /** Of the operations and commands, those with a name that fits. */
  only: RegExp | null;
  /** Name of a mutant. */
  mutant?: string;
  /** Whether memory is judged: not in a short run, which ends before what is kept on purpose is full. */
  judgesMemory: boolean;
  say(text: string): void;
}

interface Memory {
  heap: number;
  rss: number;
  objects: number;
  types: Record<string, number>;
}

const ACCOUNTS = 10;
const SHARES = { frames: 0.5, requests: 0.46, bytes: 0.04 };
const LOOPS = { frames: 4, requests: 10, bytes: 6 };
/** Before memory is measured for the first time: what is kept on purpose, such as sessions and compiled code, is there by then. */
const WARM_UP = 0.2;
const UNAVAILABLE_SHARE = 0.001;
/** However few calls there are: on a machine that stands still for seconds all that wait are told to come again. */
const UNAVAILABLE_LEAST = 500;
// Hashing yields to whatever else the machine does, so that on a busy one a log-in takes minutes. The limit is for what never comes; of a
// server that leaves something without an answer on purpose there is much of that.
const ANSWER_LIMIT_MS = 5 * PATIENCE_MS;
const MUTANT_ANSWER_LIMIT_MS = PATIENCE_MS / 2;
const MEMORY_GROWTH = 1.1;
const MEMORY_LIMIT_MS = 20_000;
const QUIET_LIMIT_MS = 15_000;
const ROUND = 2_000;

export interface FuzzResult {
  ledger: Ledger;
  seconds: number;
  calls: number;
  /** Null where it was not judged. */
  memory: { before: Memory; after: Memory } | null;
  messages: number;
  waits: number[];
  accounts: number;
}

/** Servers of runs that have not come to their end. */
const running = new Set<ServerProcess>();

/** Ends what a run that broke off has left. */
export const endFuzzing = () => Promise.all([...running].map((server) => server.remove()));

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, count, only, mutant, say } = options;
  const memoryDir = await newDir();
  const memoryFile = join(memoryDir, "memory.json");
  const server = await ServerProcess.create(undefined, {
    ...OURS,
    command: [process.execPath, "--preload", join(import.meta.dir, "watched-server.ts")],
    env: { FUZZ_MEMORY: memoryFile, FILE_MAX_SIZE: "1M", FILE_QUOTA: "1G", ...(mutant && { FUZZ_MUTANT: mutant }) },
  });
  const ledger = new Ledger(Math.max(count * UNAVAILABLE_SHARE, UNAVAILABLE_LEAST));
  const answerLimitMs = mutant ? MUTANT_ANSWER_LIMIT_MS : ANSWER_LIMIT_MS;
  const secret = `secret${seed.toString(36)}x${Math.random().toString(36).slice(2, 8)}`;
  const innocents = new Innocents(server.url, secret, ledger, answerLimitMs);
  let isOver = false;
  running.add(server);
  try {
    await server.startPatiently();
    const documents = await readDocuments(server.url);
    const ids = new KnownIds();
    const attackers = new Attackers(server.url);
    await attackers.open(ACCOUNTS);
    const hints = hintsOf(attackers);
    const attack: Attack = {
      url: server.url,
      seed,
      documents,
      ledger,
      attackers,
      ids,
      secret,
      answerLimitMs,
      hasEnded: () => server.hasEnded,
    };
    const inHttp = new Values((schema) => documents.resolve(schema, "openapi"), ids, hints, seed);
    const onSockets = new Values((schema) => documents.resolve(schema, "asyncapi"), ids, hints, seed);
    const http = new HttpAttack(attack, new Requests(inHttp, ids), only);
    const sockets = new SocketAttack(attack, onSockets, only);
    const raw = new RawAttack(attack);
    await prepare(attack);
    await innocents.open(ids);
    innocents.start();

    const shares = {
      frames: sockets.isEmpty ? 0 : SHARES.frames,
      requests: http.isEmpty ? 0 : SHARES.requests,
      bytes: only && !only.test("bytes") ? 0 : SHARES.bytes,
    };
    const whole = shares.frames + shares.requests + shares.bytes;
    if (whole === 0) throw new Error("--only fits no operation and no command");
    let done = 0;
    /** Returns how many calls it took. */
    const once = async (kind: keyof typeof LOOPS, most: number, chance: Chance) => {
      if (kind === "frames") return sockets.once(chance, most);
      await (kind === "requests" ? http : raw).once(chance);
      return 1;
    };
    /** So many calls, spread as the shares say. */
    const run = async (calls: number, phase: string) => {
      const loops = (Object.keys(LOOPS) as (keyof typeof LOOPS)[]).flatMap((kind) => {
        let left = Math.ceil((calls * shares[kind]) / whole);
        return Array.from({ length: LOOPS[kind] }, async (_, n) => {
          for (let turn = 0; left > 0 && !server.hasEnded; turn++) {
            const chance = new Chance(seed, `${phase} ${kind} ${n} ${turn}`);
            // What is taken beforehand and not used is given back.
            const taken = kind === "frames" ? Math.min(left, 250) : 1;
            left -= taken;
            try {
              const used = await once(kind, taken, chance);
              left += Math.max(0, taken - used);
              done += used;
            } catch (error) {
              if (server.hasEnded) return;
              ledger.report("not answered", `an attacker could not go on: ${String(error).slice(0, 200)}`);
              await Bun.sleep(100);
            }
          }
        });
      });
      await Promise.all(loops);
    };
    const started = performance.now();
    let told = started;
    const telling = setInterval(() => {
      if (performance.now() - told < 30_000) return;
      told = performance.now();
      say(`${done} calls after ${Math.round((told - started) / 1000)} s, ${ledger.total} findings`);
    }, ROUND);
    try {
      await run(count * WARM_UP, "warm-up");
      const before = options.judgesMemory ? await measure(server, memoryFile) : null;
      await run(count * (1 - WARM_UP), "main");
      const seconds = (performance.now() - started) / 1000;
      await innocents.stop().catch((error) => {
        if (!server.hasEnded) throw error;
      });
      const after = options.judgesMemory ? await measure(server, memoryFile) : null;
      if (server.hasEnded) ledger.report("server ended", "the process");
      if (after && before) {
        for (const what of ["heap", "rss"] as const) {
          if (after[what] > before[what] * MEMORY_GROWTH) ledger.report("memory kept", what, growth(before, after));
        }
      }
      innocents.close();
      isOver = true;
      return {
        ledger,
        seconds,
        calls: done,
        memory: before && after && { before, after },
        messages: innocents.messages,
        waits: innocents.waits.toSorted((a, b) => a - b),
        accounts: attackers.registered,
      };
    } finally {
      clearInterval(telling);
    }
  } finally {
    if (!isOver) await innocents.stop().catch(() => {});
    innocents.close();
    await server.remove();
    running.delete(server);
    for (const line of (await server.printed()).split("\n"))
      if (/"level":"(error|fatal)"/.test(line))
        ledger.report("logged as an error", line.replace(/"time":"[^"]*",?/, "").slice(0, 300), line.slice(0, 2_000));
    await rm(memoryDir, { recursive: true, force: true });
  }
}

async function readDocuments(url: string) {
  const [openapi, asyncapi] = await Promise.all(
    ["/openapi.json", "/asyncapi.json"].map(async (path) => (await fetch(url + path)).json()),
  );
  return new Documents(openapi, asyncapi);
}

/** What fields of these names hold, so that calls succeed often enough to come further. */
function hintsOf(attackers: Attackers): Hints {
  const any = (chance: Chance) => attackers.pick(chance);
  const number = (chance: Chance) => Math.floor(chance.between(0, 1e9));
  return {
    username: (chance) => (chance.happens(0.5) ? any(chance).username : `new${number(chance)}`),
    email: (chance) => (chance.happens(0.3) ? any(chance).email : `new${number(chance)}@example.com`),
    password: () => PASSWORD,
    current_password: () => PASSWORD,
    new_password: () => PASSWORD,
    emoji: (chance) => chance.pick(["👍", "❤️", "😂", "🎉"]),
    token: (chance) => any(chance).token,
    entities: (chance) => (chance.happens(0.5) ? undefined : [{ type: "bold", offset: 0, length: 1 }]),
    attachments: () => undefined,
    reply_to: (chance) => (chance.happens(0.9) ? undefined : number(chance)),
    body: (chance) => chance.pick(["hello", "a **bold** word @everyone", "x ".repeat(200)]),
    type: (chance) => chance.pick(["bold", "mention", "link", "code"]),
  };
}

/** Rooms, messages and files of the attackers' own. */
async function prepare({ attackers, ids }: Attack) {
  const chance = new Chance(1, "prepare");
  const [first, second] = attackers.all;
  const api = attackers.client(first!);
  for (const { id } of attackers.all) ids.add("user", id, chance);
  for (const is_private of [true, false]) {
    const { body } = await api.post("/groups", { name: "Attackers", is_private });
    ids.add("group", body.group_id, chance);
    for (const { id } of attackers.all.slice(1)) await api.post(`/groups/${body.group_id}/members`, { user_id: id });
    for (let n = 0; n < 5; n++)
      ids.learn(
        "/groups/{group_id}/messages",
        (await api.post(`/groups/${body.group_id}/messages`, { body: "hello" })).body,
        chance,
      );
  }
  const { body } = await api.post(`/conversations/${second!.id}`);
  ids.add("conversation", body.conversation_id, chance);
  for (let n = 0; n < 5; n++)
    ids.learn(
      "/messages/{conversation_id}",
      (await api.post(`/messages/${body.conversation_id}`, { body: "hello" })).body,
      chance,
    );
}

/** The memory of the server once nothing is under way and garbage is collected; null when it has ended. */
async function measure(server: ServerProcess, file: string): Promise<Memory | null> {
  const quietBy = performance.now() + QUIET_LIMIT_MS;
  while (performance.now() < quietBy && !server.hasEnded) {
    const metrics = await fetch(`${server.url}/metrics`).then(
      (answer) => answer.text(),
      () => "",
    );
    const gauge = (name: string) => Number(new RegExp(`^${name} (\\d+)`, "m").exec(metrics)?.[1]);
    // Those of the innocent.
    if (gauge("chat_sockets") <= 4 && gauge("chat_commands_under_way") === 0) break;
    await Bun.sleep(200);
  }
  let last: Memory | null = null;
  // The allocator gives pages back little by little.
  for (let n = 0; n < 4; n++) {
    await rm(file, { force: true });
    if (server.hasEnded) return last;
    process.kill(server.pid, "SIGIO");
    const deadline = performance.now() + MEMORY_LIMIT_MS;
    let text: string | null = null;
    while (text === null && performance.now() < deadline && !server.hasEnded) {
      await Bun.sleep(50);
      text = await readFile(file, "utf8").catch(() => null);
    }
    if (text === null) return last;
    const now: Memory = JSON.parse(text);
    last = !last || now.rss < last.rss ? now : last;
    await Bun.sleep(300);
  }
  return last;
}

/** Which kinds of objects there are more of. */
const growth = (before: Memory, after: Memory) => ({
  before: { heap: before.heap, rss: before.rss, objects: before.objects },
  after: { heap: after.heap, rss: after.rss, objects: after.objects },
  more: Object.entries(after.types)
    .map(([type, n]) => [type, n - (before.types[type] ?? 0)] as const)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 12),
});
