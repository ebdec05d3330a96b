// Whether the time of a refused log-in says if there is such a user: wrong passwords for known names and for unknown ones, in random
// order, one at a time, each from an address of its own; compared by Welch's t-test.
import { newUser } from "../../support/client.ts";
import type { Bench } from "../bench.ts";
import { atLeast } from "../report.ts";
import { median } from "../round.ts";
import { welch } from "../welch.ts";

const SAMPLES = 1_000;
const QUICK_SAMPLES = 30;
const WARM_UP = 20;
// A hundred failures an hour are what an account allows to networks that it was not used from.
const FAILURES_EACH = 90;
const SIGNIFICANCE = 0.01;

export async function logInTiming(bench: Bench) {
  const samples = bench.quick ? QUICK_SAMPLES : SAMPLES;
  const server = await bench.newServer("limited", { RATE_LIMITS: "on", TRUST_PROXY: "1" });
  const names = Math.ceil((samples + WARM_UP) / FAILURES_EACH);
  const known: string[] = [];
  for (let index = 0; index < names; index++) known.push((await newUser(server.url)).username);
  // As long as the others.
  const unknown = known.map((name) => `${name.slice(0, -1)}${name.endsWith("z") ? "y" : "z"}`);

  let tries = 0;
  async function timeOf(username: string): Promise<number> {
    const number = ++tries;
    const address = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
    const began = performance.now();
    const answer = await fetch(`${server.url}/login`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": address },
      body: JSON.stringify({ username, password: "a wrong password" }),
    });
    await answer.text();
    const time = performance.now() - began;
    if (answer.status !== 401) bench.report.fault(`a log-in of ${username} was answered with ${answer.status}`);
    return time;
  }

  const times: Record<"known" | "unknown", number[]> = { known: [], unknown: [] };
  for (let sample = -WARM_UP; sample < samples; sample++) {
    const index = (sample + WARM_UP) % names;
    const pair = [["known", known[index]!] as const, ["unknown", unknown[index]!] as const];
    for (const [kind, name] of Math.random() < 0.5 ? pair : pair.toReversed()) {
      const time = await timeOf(name);
      if (sample >= 0) times[kind].push(time);
    }
  }
  const { t, df, p } = welch(times.known, times.unknown);
  bench.report.note(
    "log-in timing",
    `${samples} of each: known ${mean(times.known).toFixed(3)} ms, unknown ${mean(times.unknown).toFixed(3)} ms; t = ${t.toFixed(3)}, df = ${df.toFixed(0)}, p = ${p.toFixed(4)}`,
    { samples, known: mean(times.known), unknown: mean(times.unknown), t, df, p },
  );
  bench.report.add({
    name: "refused log-in of a known name, against an unknown one",
    unit: "ms",
    value: median(times.known),
    base: median(times.unknown),
    against: "unknown",
    ratio: null,
    bar: null,
    notes: [],
  });
  bench.report.add({
    name: "that there is no difference: p by Welch's t-test",
    unit: "",
    value: p,
    base: null,
    against: "",
    ratio: null,
    bar: atLeast(SIGNIFICANCE, 0.05),
    notes: [`${samples} samples of each`],
  });
}

const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
