// A flood of log-ins from many addresses (wrong passwords, unknown names, right ones of the flooder's own) while people chat and others
// log in on devices that they have used before: at home, and on networks that are new to them.
import { newUser, PASSWORD } from "../../support/client.ts";
import { alternate, type Bench, compare } from "../bench.ts";
import { runRound } from "../fleet.ts";
import { atLeast, atMost } from "../report.ts";
import type { Server } from "../subjects.ts";
import { prepareConversations } from "./direct.ts";
import { every } from "./floods.ts";

// Well inside everyone's own rates: 100 people who write twice a second.
const CHAT_RATE = 200;
const LOG_INS_A_SECOND = 189;
const ADDRESSES = 250;
const SECONDS = 60;
const ROUNDS = 3;
const INNOCENTS = 20;
const ACCOMPLICES = 10;
// Each of the innocent ones every ten seconds: what a device may try is 60 in five minutes.
const INNOCENT_MS = 500;
const WRONG_SHARE = 0.5;
const RIGHT_SHARE = 0.1;

interface Owner {
  username: string;
  home: string;
  deviceToken: string;
}

/** How often each outcome came, by what was tried. */
type Tally = Map<string, number>;
const count = (tally: Tally, what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);

const logIn = (server: Server, address: string, body: object) =>
  fetch(`${server.url}/login`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": address },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });

/** Somebody who has logged in at home before, so that their device is known. */
async function newOwner(server: Server, index: number): Promise<Owner> {
  const { username } = await newUser(server.url);
  const home = `203.0.113.${index}`;
  const answer = await logIn(server, home, { username, password: PASSWORD });
  const { device_token } = (await answer.json()) as { device_token: string };
  return { username, home, deviceToken: device_token };
}

export async function logInFlood(bench: Bench) {
  const server = await bench.newServer("limited", { RATE_LIMITS: "on", TRUST_PROXY: "1" });
  const { socketsOn } = await prepareConversations(server);
  const load = { sockets: socketsOn(server), inFlight: 0, rate: CHAT_RATE };
  const owners: Owner[] = [];
  for (let index = 0; index < INNOCENTS; index++) owners.push(await newOwner(server, index));
  const accomplices: string[] = [];
  for (let index = 0; index < ACCOMPLICES; index++) accomplices.push((await newUser(server.url)).username);

  const tally: Tally = new Map();
  let attempts = 0;
  let visits = 0;
  const attempt = (what: string, address: string, body: object) =>
    logIn(server, address, body).then(
      (answer) => count(tally, `${what} ${answer.status}`),
      () => count(tally, `${what} without an answer`),
    );
  const flood = () => {
    const number = attempts++;
    const address = `198.51.100.${number % ADDRESSES}`;
    const kind = Math.random();
    if (kind < WRONG_SHARE) {
      const { username } = owners[number % owners.length]!;
      return attempt("wrong password", address, { username, password: `a wrong password ${number}` });
    }
    if (kind < WRONG_SHARE + RIGHT_SHARE)
      return attempt("right password", address, {
        username: accomplices[number % accomplices.length]!,
        password: PASSWORD,
      });
    return attempt("unknown name", address, { username: `guess${number}`, password: "a wrong password" });
  };
  const visit = () => {
    const number = visits++;
    const { username, home, deviceToken } = owners[number % owners.length]!;
    // Every second round of all of them away from home, on addresses that flooders use as well.
    const address = Math.floor(number / owners.length) % 2 ? `198.51.100.${number % ADDRESSES}` : home;
    return attempt("innocent", address, { username, password: PASSWORD, device_token: deviceToken });
  };

  const flooded = async (seconds: number) => {
    const stopper = new AbortController();
    const flooding = Promise.all([
      every(1_000 / LOG_INS_A_SECOND, stopper.signal, flood),
      every(INNOCENT_MS, stopper.signal, visit),
    ]);
    const round = await runRound(server, load, seconds).finally(() => stopper.abort());
    await flooding;
    return { ...round, subject: "flooded" };
  };
  const quiet = async (seconds: number) => ({ ...(await runRound(server, load, seconds)), subject: "quiet" });
  const long = bench.quick ? bench : { ...bench, seconds: SECONDS, rounds: Math.min(bench.rounds, ROUNDS) };
  const pairs = await alternate(long, "chat under log-ins", flooded, quiet);
  compare(bench, pairs, { name: "chat under a flood of log-ins: p50", unit: "ms", of: (round) => round.p50 });
  compare(bench, pairs, { name: "the same: p99", unit: "ms", of: (round) => round.p99, bar: atMost(3, 1.5) });

  const outcomes = [...tally].toSorted();
  bench.report.note(
    "log-ins",
    outcomes.map(([what, number]) => `${number} × ${what}`).join(", "),
    Object.fromEntries(outcomes),
  );
  const ofInnocents = outcomes.filter(([what]) => what.startsWith("innocent"));
  const all = ofInnocents.reduce((sum, [, number]) => sum + number, 0);
  bench.report.add({
    name: "log-ins of known devices that succeed",
    unit: "%",
    value: (100 * (tally.get("innocent 200") ?? 0)) / Math.max(1, all),
    base: null,
    against: "",
    ratio: null,
    bar: atLeast(95, 99),
    notes: [`of ${all}`],
  });
}
