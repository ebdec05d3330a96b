// What hostile clients cost everybody else: people chat at a gentle rate while one kind of flood comes, and the same in quiet. The
// server has its limits on, and believes one proxy, so that a flood can come from many addresses.
import { newUser, PASSWORD } from "../../support/client.ts";
import { alternate, type Bench, compare } from "../bench.ts";
import { runRound } from "../fleet.ts";
import { atMost } from "../report.ts";
import type { Server } from "../subjects.ts";
import { prepareConversations } from "./direct.ts";

// Well inside everyone's own rates: 100 people who write twice a second.
const CHAT_RATE = 200;
const NESTED = "[".repeat(60_000);
const FLOODING_POSTS = 10;
const FLOODING_SOCKETS = 10;
const FRAME_MS = 50;
const SLOW_CONNECTIONS = 2_000;
const LOG_INS_A_SECOND = 189;
const ADDRESSES = 250;
const INNOCENT_MS = 500;

/** Counts what became of a flood, and whatever else is worth telling. */
type Tally = Map<string, number>;

/** Floods until the signal is aborted. */
type Flood = (server: Server, tally: Tally, signal: AbortSignal) => Promise<unknown>;

const count = (tally: Tally, what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);

/** Calls `work` so often until aborted, without waiting for it. */
export async function every(milliseconds: number, signal: AbortSignal, work: () => Promise<unknown>) {
  const running: Promise<unknown>[] = [];
  for (let due = performance.now(); !signal.aborted; due += milliseconds) {
    await Bun.sleep(Math.max(0, due - performance.now()));
    running.push(work());
  }
  await Promise.all(running);
}

const post = (server: Server, tally: Tally, what: string, body: string | URLSearchParams, headers = {}) =>
  fetch(`${server.url}/login`, { method: "POST", body, headers, signal: AbortSignal.timeout(15_000) }).then(
    (answer) => count(tally, `${what} ${answer.status}`),
    () => count(tally, `${what} without an answer`),
  );

const nestedBodies: Flood = (server, tally, signal) =>
  Promise.all(
    Array.from({ length: FLOODING_POSTS }, async () => {
      while (!signal.aborted) await post(server, tally, "nested body", NESTED, { "content-type": "application/json" });
    }),
  );

const nestedFrames: Flood = async (server, tally, signal) => {
  const { token } = await newUser(server.url);
  const flood = async () => {
    while (!signal.aborted) {
      const ws = new WebSocket(`${server.url.replace("http", "ws")}/ws?token=${token}`);
      await new Promise((resolve) => {
        ws.onopen = ws.onclose = resolve;
      });
      ws.onmessage = ({ data }) => count(tally, `nested frame ${JSON.parse(String(data)).code ?? "other"}`);
      while (!signal.aborted && ws.readyState === WebSocket.OPEN) {
        ws.send(NESTED);
        await Bun.sleep(FRAME_MS);
      }
      ws.close();
    }
  };
  await Promise.all(Array.from({ length: FLOODING_SOCKETS }, flood));
};

const slowHeaders: Flood = async (server, tally, signal) => {
  const { hostname, port } = new URL(server.url);
  const sockets = await Promise.all(
    Array.from({ length: SLOW_CONNECTIONS }, () =>
      Bun.connect({ hostname, port: Number(port), socket: { data() {}, error() {} } }),
    ),
  );
  for (const socket of sockets) socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
  await every(1_000, signal, async () => {
    for (const socket of sockets) socket.write("a");
  });
  tally.set("slow connections", sockets.length);
  for (const socket of sockets) socket.terminate();
};

const logIns: Flood = async (server, tally, signal) => {
  const innocent = await newUser(server.url);
  let attempt = 0;
  const guess = () => {
    const number = attempt++ % ADDRESSES;
    const form = new URLSearchParams({ username: `guess${attempt}`, password: "a wrong password" });
    return post(server, tally, "flooding log-in", form, { "x-forwarded-for": `198.51.100.${number}` });
  };
  const logIn = () => {
    const form = new URLSearchParams({ username: innocent.username, password: PASSWORD });
    return post(server, tally, "innocent log-in", form, { "x-forwarded-for": "203.0.113.7" });
  };
  await Promise.all([every(1_000 / LOG_INS_A_SECOND, signal, guess), every(INNOCENT_MS, signal, logIn)]);
};

const FLOODS: Record<string, Flood> = {
  "nested bodies": nestedBodies,
  "nested frames": nestedFrames,
  "slow headers": slowHeaders,
  "log-ins": logIns,
};

export async function floods(bench: Bench) {
  const server = await bench.newServer("limited", { RATE_LIMITS: "on", TRUST_PROXY: "1" });
  const { socketsOn } = await prepareConversations(server);
  const load = { sockets: socketsOn(server), inFlight: 0, rate: CHAT_RATE };
  for (const [name, flood] of Object.entries(FLOODS)) {
    const tally: Tally = new Map();
    const flooded = async (seconds: number) => {
      const stopper = new AbortController();
      const flooding = flood(server, tally, stopper.signal);
      const round = await runRound(server, load, seconds).finally(() => stopper.abort());
      await flooding;
      return { ...round, subject: "flooded" };
    };
    const quiet = async (seconds: number) => ({ ...(await runRound(server, load, seconds)), subject: "quiet" });
    const pairs = await alternate(bench, `chat under ${name}`, flooded, quiet);
    compare(bench, pairs, { name: `chat under ${name}: p50`, unit: "ms", of: (round) => round.p50 });
    compare(bench, pairs, { name: "the same: p99", unit: "ms", of: (round) => round.p99, bar: atMost(3, 1.5) });
    const counts = Object.fromEntries(tally);
    const text = Object.entries(counts).map(([what, number]) => `${number} × ${what}`);
    bench.report.note(name, text.join(", "), counts);
  }
}
