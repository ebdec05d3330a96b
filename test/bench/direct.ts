// How many messages a second the write path keeps: conversations in which both sides send as fast as they are answered.
// `bun run bench` starts a real server with its own PostgreSQL (fsync on) and the clients in a process of their own, all on
// this machine. Prints the medians of three rounds for each number of messages in flight; `--json FILE` writes them as well.
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ClientPlan, ClientResult } from "./client.ts";

const { values: options } = parseArgs({
  options: {
    conversations: { type: "string", default: "50" },
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    json: { type: "string" },
  },
});
const conversations = Number(options.conversations);
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);

const dataDir = await mkdtemp(join(tmpdir(), "chat-bench-"));
await Bun.$`chmod 755 ${dataDir}`.quiet();
const server = Bun.spawn([process.execPath, join(import.meta.dir, "../../src/main.ts")], {
  env: { ...process.env, DATABASE_URL: "", DATA_DIR: join(dataDir, "data"), PORT: "0", RATE_LIMITS: "off" },
  stdout: "pipe",
  stderr: "ignore",
});

try {
  const url = await addressOf(server.stdout);
  const sides = await prepare(url, conversations);
  console.log(
    `${conversations} conversations, both sides sending, ${seconds} s a round, ${availableParallelism()} cores shared by all\n`,
  );
  const table = [];
  for (const inFlight of [1, 10]) {
    await measure({ url, sides, inFlight, seconds: 1 }); // Warms up both ends.
    const results: ClientResult[] = [];
    for (let round = 0; round < rounds; round++) results.push(await measure({ url, sides, inFlight, seconds }));
    const row = {
      inFlight,
      messagesPerSecond: Math.round(median(results.map((result) => result.acked / result.seconds))),
      p50ms: round1(median(results.map((result) => result.p50))),
      p99ms: round1(median(results.map((result) => result.p99))),
      delivered: results.every((result) => result.delivered === 2 * result.acked) ? "all, to both sides" : "NOT ALL",
    };
    table.push(row);
  }
  console.table(table);
  if (options.json) await Bun.write(options.json, JSON.stringify({ conversations, seconds, rounds, table }, null, 2));
} finally {
  server.kill();
  await server.exited;
  await rm(dataDir, { recursive: true, force: true });
}

/** The address that the server prints when it listens. */
async function addressOf(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk);
    const address = /served at (\S+)/.exec(text)?.[1];
    if (address) return address;
  }
  throw new Error(`the server did not start: ${text}`);
}

/** Two people for each conversation. */
async function prepare(url: string, pairs: number): Promise<ClientPlan["sides"]> {
  const person = async (name: string) => {
    const account = { username: name, email: `${name}@example.com`, password: "StrongPassword123" };
    const { user } = (await post(`${url}/register`, account)) as { user: { id: number } };
    const { access_token } = (await post(`${url}/login`, account)) as { access_token: string };
    return { id: user.id, token: access_token };
  };
  const sides: ClientPlan["sides"] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const [left, right] = await Promise.all([person(`left${pair}`), person(`right${pair}`)]);
    const { conversation_id } = (await post(`${url}/conversations/${right.id}`, undefined, left.token)) as {
      conversation_id: number;
    };
    for (const { token } of [left, right]) sides.push({ token, conversationId: conversation_id });
  }
  return sides;
}

async function post(url: string, body: unknown, token?: string): Promise<unknown> {
  const headers = {
    ...(body ? { "content-type": "application/json" } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  const response = await fetch(url, { method: "POST", headers, body: body ? JSON.stringify(body) : null });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function measure(plan: ClientPlan): Promise<ClientResult> {
  const client = Bun.spawn([process.execPath, join(import.meta.dir, "client.ts")], {
    stdin: new Blob([JSON.stringify(plan)]),
    stdout: "pipe",
    stderr: "inherit",
  });
  return (await new Response(client.stdout).json()) as ClientResult;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function round1(number: number): number {
  return Math.round(number * 10) / 10;
}
