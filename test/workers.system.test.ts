// WORKERS: several processes on one port under one supervisor, as their operator and the people who chat see them.
import { afterEach, describe, expect, test } from "bun:test";
import { openDatabase } from "../src/db/client.ts";
import { chatOf, closeChats, isOpen, look, until as untilStore } from "./sdk/chats.ts";
import { call, connect, newUser, type Socket, type User } from "./support/client.ts";
import { newDatabase } from "./support/harness.ts";
import { databaseSettings, startMain } from "./support/main-process.ts";
import { freePort, OURS, ServerProcess } from "./support/server-process.ts";
import { childrenOf, ended, isRunning, readMetrics, until, workersOf } from "./support/worker-processes.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  closeChats();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A server that is not started yet, with a PostgreSQL of its own. */
async function create(workers: number, env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await ServerProcess.create(undefined, { ...OURS, env: { WORKERS: String(workers), ...env } });
  cleanups.push(() => server.remove());
  return server;
}

async function start(workers: number, env: Record<string, string> = {}) {
  const server = await create(workers, env);
  await server.start();
  await until(async () => (await readMetrics(server.url)).get("chat_workers") === workers);
  return server;
}

/** What the server's own PostgreSQL answers. */
async function query<Row extends object>(server: ServerProcess, text: string): Promise<Row> {
  const { sql } = openDatabase(await server.target());
  const [row] = await sql.unsafe<Row[]>(text);
  await sql.end({ timeout: 1 });
  return row!;
}

async function freshDatabase() {
  const database = await newDatabase();
  cleanups.push(() => database.drop());
  return { ...databaseSettings(database.target), JWT_SECRET: "s".repeat(32) };
}

/** A server on a database of the tests. */
function startOn(settings: Record<string, string>) {
  const server = startMain(settings);
  cleanups.push(async () => {
    server.signal("SIGTERM");
    server.signal("SIGCONT");
    await server.ended();
  });
  return server;
}

async function newPair(url: string) {
  const [ali, veli] = [await newUser(url), await newUser(url)];
  const { conversation_id: id } = (await ali.post(`/conversations/${veli.id}`)).body;
  return { ali, veli, id: id as number };
}

/** Opens sockets of this user until every worker has one: which worker a connection comes to is the system's to choose. */
async function onEveryWorker(server: ServerProcess, user: User, path: string, workers: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const counted = () =>
    query<{ sockets: number; nodes: number }>(
      server,
      `select coalesce(sum(sockets), 0)::int as sockets, count(*)::int as nodes from online where user_id = ${user.id}`,
    );
  do {
    sockets.push(await (await connect(`${server.url}${path}?token=${user.token}`)).ready());
    await until(async () => (await counted()).sockets === sockets.length);
  } while ((await counted()).nodes < workers);
  return sockets;
}

describe("workers on one port", () => {
  test.each([2, 3])(
    "%d of them: people on different ones chat, and /metrics of each is the sum of all",
    async (count) => {
      const server = await start(count);
      const { ali, veli, id } = await newPair(server.url);
      const path = `/ws/conversations/${id}`;
      const from = await onEveryWorker(server, ali, path, count);
      const to = await onEveryWorker(server, veli, path, count);
      for (const [i, socket] of from.entries()) socket.send({ type: "message.send", body: `from ${i}` });
      for (const socket of to) {
        for (let seq = 1; seq <= from.length; seq++) expect((await socket.next("message.new")).seq).toBe(seq);
      }
      // Each request over a connection of its own: they come to several workers.
      for (let i = 0; i < 6; i++) {
        const metrics = await readMetrics(server.url);
        expect(metrics.get("chat_sockets")).toBe(from.length + to.length);
        expect(metrics.get("chat_messages_total")).toBe(from.length);
        expect(metrics.get("chat_batch_messages_sum")).toBe(from.length);
        expect(metrics.get("chat_nodes")).toBe(count);
        expect(metrics.get("chat_workers")).toBe(count);
      }
    },
  );

  test("one that is killed is replaced; its clients go on with nothing lost, and sums of /metrics do not fall", async () => {
    const server = await start(2);
    const { ali, veli, id } = await newPair(server.url);
    const chats = [ali, veli].flatMap((user) => Array.from({ length: 6 }, () => chatOf(user, server.url)));
    await Promise.all(chats.map(isOpen));
    const rooms = await Promise.all(chats.map((chat) => look(chat, `conversation:${id}`)));
    const write = (round: number) => {
      for (const [i, room] of rooms.entries()) room.send(`${round} from ${i}`);
    };
    write(0);
    await untilStore(rooms[0]!, "the first round", ({ messages }) => messages.length === rooms.length);
    // Of each worker some.
    for (let i = 0; i < 16; i++) await fetch(`${server.url}/nothing`, { headers: { connection: "close" } });
    const before = await readMetrics(server.url);
    const first = (await workersOf(server.pid)).get(1)!;

    write(1);
    process.kill(first, "SIGKILL");
    write(2);
    const all = 3 * rooms.length;
    for (const room of rooms) {
      const isComplete = ({ messages }: { messages: readonly { seq: number | null }[] }) =>
        messages.filter(({ seq }) => seq !== null).length === all;
      const { messages } = await untilStore(room, "all rounds", isComplete);
      expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: all }, (_, i) => i + 1));
      expect(new Set(messages.map(({ body }) => body)).size).toBe(all);
    }

    await until(async () => {
      const now = (await workersOf(server.pid)).get(1);
      return now !== undefined && now !== first;
    });
    await until(async () => (await readMetrics(server.url)).get("chat_workers") === 2);
    // It is known to have ended, and need not fall silent first.
    expect(await query<{ nodes: number }>(server, "select count(*)::int as nodes from nodes")).toEqual({ nodes: 2 });
    const after = await readMetrics(server.url);
    expect(after.get("chat_workers_replaced_total")).toBe(1);
    for (const metrics of [before, after]) expect(metrics.get('chat_http_requests_total{status="404"}')).toBe(16);
    expect(after.get("chat_batch_messages_count")).toBeGreaterThanOrEqual(before.get("chat_batch_messages_count")!);
    expect(before.get("chat_messages_total")).toBe(rooms.length);
  });

  test("one that is sent SIGTERM hands its clients over, and is replaced", async () => {
    const server = await start(2, { DRAIN_SECONDS: "1" });
    const { ali } = await newPair(server.url);
    const sockets = await onEveryWorker(server, ali, "/ws", 2);
    const before = await workersOf(server.pid);
    process.kill(before.get(2)!, "SIGTERM");
    expect((await Promise.race(sockets.map(({ closed }) => closed))).code).toBe(1001);
    await until(async () => {
      const now = (await workersOf(server.pid)).get(2);
      return now !== undefined && now !== before.get(2);
    });
    expect((await workersOf(server.pid)).get(1)).toBe(before.get(1)!);
    expect(sockets.some(({ ws }) => ws.readyState === WebSocket.OPEN)).toBe(true);
  });

  test("one that is killed while it starts is started again", async () => {
    const server = await create(2);
    server.spawn();
    let killed = 0;
    await until(async () => {
      const pid = (await workersOf(server.pid)).get(1);
      if (pid) process.kill(pid, "SIGKILL");
      killed = pid ?? 0;
      return killed > 0;
    });
    await until(server.isHealthy);
    await until(async () => (await readMetrics(server.url)).get("chat_workers") === 2);
    expect((await workersOf(server.pid)).get(1)).not.toBe(killed);
  });

  test("one that is killed each time before it listens ends the whole with a sentence", async () => {
    const server = startMain({ ...(await freshDatabase()), WORKERS: "2" });
    const killing = setInterval(async () => {
      for (const pid of (await workersOf(server.pid)).values()) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It was killed before.
        }
      }
    }, 20);
    const { code, stderr } = await server.ended();
    clearInterval(killing);
    expect(stderr).toBe(
      "Worker 1 was ended 5 times before it listened, the last time by SIGKILL: is there too little memory?\n",
    );
    expect(code).toBe(1);
  });

  test("1 is no worker: the process serves itself and starts none but its PostgreSQL", async () => {
    const server = await create(1);
    await server.start();
    expect((await childrenOf(server.pid)).map(({ pid }) => pid)).toEqual([server.databasePid()!]);
    expect((await readMetrics(server.url)).has("chat_workers")).toBe(false);
  });
});

describe("the end", () => {
  test("SIGTERM closes the sockets of all with 1001 without a drain and ends with 0, with no process left", async () => {
    const server = await start(2, { DRAIN_SECONDS: "300" });
    const { ali } = await newPair(server.url);
    const sockets = await onEveryWorker(server, ali, "/ws", 2);
    const pids = [...(await workersOf(server.pid)).values(), server.databasePid()!];
    expect(pids.length).toBe(3);
    const code = server.end("SIGTERM");
    for (const { closed } of sockets) expect((await closed).code).toBe(1001);
    expect(await code).toBe(0);
    for (const pid of pids) expect([pid, await isRunning(pid)]).toEqual([pid, false]);
  });

  test("SIGTERM while workers start ends with 0, with no process left", async () => {
    const server = await create(2);
    const child = server.spawn();
    let pids: number[] = [];
    await until(async () => {
      pids = [...(await workersOf(server.pid)).values()];
      return pids.length === 2;
    });
    pids.push(server.databasePid()!);
    child.kill("SIGTERM");
    await child.exited;
    expect(child.exitCode).toBe(0);
    for (const pid of pids) expect([pid, await isRunning(pid)]).toEqual([pid, false]);
  });

  test("two signals in quick succession, to all processes of the group, are one", async () => {
    const server = await start(2);
    const pids = [server.pid, ...(await workersOf(server.pid)).values()];
    const database = server.databasePid()!;
    for (let i = 0; i < 2; i++) for (const pid of pids) process.kill(pid, "SIGINT");
    await ended([...pids, database]);
    expect(server.hasEnded).toBe(true);
    expect(await server.end("SIGTERM")).toBe(0);
  });

  test("a worker that is frozen does not hold it up", async () => {
    const server = await start(2);
    const pids = [...(await workersOf(server.pid)).values(), server.databasePid()!];
    process.kill(pids[0]!, "SIGSTOP");
    expect(await server.end("SIGTERM")).toBe(1);
    for (const pid of pids) expect([pid, await isRunning(pid)]).toEqual([pid, false]);
  });

  test("workers and PostgreSQL end when their supervisor is killed, and the next one starts in their place", async () => {
    const server = await start(2);
    const { ali } = await newPair(server.url);
    const sockets = await onEveryWorker(server, ali, "/ws", 2);
    const pids = [...(await workersOf(server.pid)).values(), server.databasePid()!];
    await server.end("SIGKILL");
    for (const { closed } of sockets) expect((await closed).code).toBe(1001);
    await ended(pids);
    await server.start();
    expect((await ali.get("/me")).status).toBe(200);
  });

  test("so does one whose supervisor is killed while it starts", async () => {
    const server = await create(2);
    const child = server.spawn();
    let pids: number[] = [];
    await until(async () => {
      pids = [...(await workersOf(server.pid)).values()];
      return pids.length > 0;
    });
    pids.push(server.databasePid()!);
    child.kill("SIGKILL");
    await ended(pids);
    await server.start();
    expect(await server.isHealthy()).toBe(true);
  });

  test("a supervisor that follows at once takes over the PostgreSQL of the one that was killed", async () => {
    const server = await start(2);
    const workers = [...(await workersOf(server.pid)).values()];
    await server.end("SIGKILL");
    // While its workers hold the port it refuses, as any that is started too early.
    await until(async () => {
      try {
        await server.start();
        return true;
      } catch (error) {
        expect(String(error)).toContain("is in use");
        return false;
      }
    });
    await ended(workers);
    await until(async () => (await readMetrics(server.url)).get("chat_workers") === 2);
    expect(await server.isHealthy()).toBe(true);
  });
});

describe("on a PostgreSQL of yours", () => {
  test("with another server on it the workers drain; a second SIGTERM ends them at once, with 1", async () => {
    const settings = await freshDatabase();
    const going = startOn({ ...settings, WORKERS: "2", DRAIN_SECONDS: "300" });
    const url = await going.listening();
    const knows = async (count: number) => (await readMetrics(url)).get("chat_nodes") === count;
    await startOn(settings).listening();
    await until(() => knows(3));
    const pids = [...(await workersOf(going.pid)).values()];
    going.signal("SIGTERM");
    going.signal("SIGTERM");
    await until(async () => (await call(url, "GET", "/ready")).body.reason === "draining");
    expect(await isRunning(going.pid)).toBe(true);
    const ending = going.ended();
    const repeat = setInterval(() => going.signal("SIGTERM"), 100);
    expect((await ending).code).toBe(1);
    clearInterval(repeat);
    for (const pid of pids) expect([pid, await isRunning(pid)]).toEqual([pid, false]);
  });

  test("they serve on while their supervisor stands still, but for the metrics, which it puts together", async () => {
    const server = startOn({ ...(await freshDatabase()), WORKERS: "2" });
    const url = await server.listening();
    server.freeze();
    const ali = await newUser(url);
    expect((await ali.get("/me")).status).toBe(200);
    expect((await call(url, "GET", "/metrics")).status).toBe(500);
    server.thaw();
    expect((await readMetrics(url)).get("chat_workers")).toBe(2);
  });

  test("log lines name the worker that wrote them", async () => {
    const server = startOn({ ...(await freshDatabase()), WORKERS: "2", LOG_LEVEL: "debug" });
    const url = await server.listening();
    const workers = () =>
      server
        .printed()
        .split("\n")
        .filter((line) => line.startsWith("{") && line.endsWith("}"))
        .map((line) => JSON.parse(line).worker);
    await until(async () => {
      await fetch(`${url}/live`, { headers: { connection: "close" } });
      return new Set(workers()).size === 2;
    });
    expect([...new Set(workers())].sort()).toEqual([1, 2]);
  });
});

describe("workers that can't start end the whole with one sentence", () => {
  async function expectRefusal(settings: Record<string, string>, sentence: RegExp) {
    const { code, stdout, stderr } = await startMain(settings).ended();
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^[^\n]+\.\n$/);
    expect([code, stdout]).toEqual([1, ""]);
  }

  test("because of what only a worker reads", async () => {
    const settings = { BUS_URL: "nats://127.0.0.1:1", BUS_CREDENTIALS: "/nowhere/chat.creds", WORKERS: "3" };
    await expectRefusal(
      { ...(await freshDatabase()), ...settings },
      /^The file of BUS_CREDENTIALS can't be read \(ENOENT\)/,
    );
  });

  test("because their port is in use", async () => {
    const neighbour = Bun.serve({ port: 0, hostname: "127.0.0.1", reusePort: true, fetch: () => new Response() });
    cleanups.push(() => neighbour.stop(true));
    const settings = { ...(await freshDatabase()), WORKERS: "2", PORT: String(neighbour.port) };
    await expectRefusal(settings, new RegExp(`^Port ${neighbour.port} is in use: `));
  });

  test("because others start on their port at the same time", async () => {
    const port = String(await freePort());
    const servers = await Promise.all(
      [1, 2].map(async () => startOn({ ...(await freshDatabase()), WORKERS: "2", PORT: port })),
    );
    const refused = await Promise.race(servers.map((server) => server.ended().then(({ stderr }) => stderr)));
    expect(refused).toMatch(new RegExp(`^Port ${port} is in use: [^\\n]+\\n$`));
    await Promise.any(servers.map((server) => server.listening()));
  });

  test("because of the database", async () => {
    const settings = { DATABASE_URL: "postgres://chat@127.0.0.1:1/chat", JWT_SECRET: "s".repeat(32), WORKERS: "2" };
    await expectRefusal(settings, /nothing listens at the address/);
  });
});

describe("connections to PostgreSQL", () => {
  const maxConnections = async (server: ServerProcess) =>
    (await query<{ max: number }>(server, "select current_setting('max_connections')::int as max")).max;

  test("its own lets in as many as the workers may open, also one that a server alone left running", async () => {
    const server = await create(2, { DATABASE_POOL: "60" });
    const alone = await ServerProcess.create(server.dataDir);
    cleanups.push(() => alone.remove());
    await alone.start();
    expect(await maxConnections(alone)).toBe(100);
    const left = alone.databasePid()!;
    await alone.end("SIGKILL");
    await server.start();
    expect(await maxConnections(server)).toBeGreaterThanOrEqual(2 * 60);
    expect(await isRunning(left)).toBe(false);
  });

  test("yours must let in as many: the start says how many that are", async () => {
    const server = startMain({ ...(await freshDatabase()), WORKERS: "2", DATABASE_POOL: "200" });
    const { code, stdout, stderr } = await server.ended();
    expect(stderr).toMatch(
      /^WORKERS=2 with DATABASE_POOL=200 may need 408 connections, and PostgreSQL allows \d+: .+\.\n$/,
    );
    expect([code, stdout]).toEqual([1, ""]);
  });
});
