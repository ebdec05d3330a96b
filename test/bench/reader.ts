// A client process that reads over HTTP: so many calls at a time, one after the other. Told what to do by fleet.ts.
import type { ReaderPlan, ReaderTold } from "./plan.ts";

// Of the answers, one in so many is looked into; all are counted.
const LOOK = 16;
// Until connections are open and code is warm; it does not count.
const WARM_UP_MS = 500;

process.on("message", async (plan: ReaderPlan) => {
  const latencies: number[] = [];
  const faults: string[] = [];
  let next = 0;
  let ending = false;
  const read = async () => {
    while (!ending) {
      const number = next++;
      const { path, token } = plan.calls[number % plan.calls.length]!;
      const began = performance.now();
      const response = await fetch(plan.url + path, { headers: { authorization: `Bearer ${token}` } });
      const text = await response.text();
      latencies.push(performance.now() - began);
      if (!response.ok) faults.push(`${path}: ${response.status} ${text.slice(0, 200)}`);
      else if (number % LOOK === 0) {
        const rows: number = JSON.parse(text).data.length;
        if (rows !== plan.rows) faults.push(`${path}: ${rows} rows instead of ${plan.rows}`);
      }
      if (faults.length > 3) return;
    }
  };
  const readers = Array.from({ length: plan.inFlight }, read);
  await Bun.sleep(WARM_UP_MS);
  latencies.length = 0;
  const cpuAtStart = process.cpuUsage();
  const began = performance.now();
  await Bun.sleep(plan.seconds * 1000);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuAtStart);
  const measured = {
    seconds,
    answered: latencies.length,
    latencies: [...latencies],
    cpu: (user + system) / 1e6,
    lag: 0,
  };
  ending = true;
  await Promise.all(readers);
  const told: ReaderTold = { told: "read", measured, faults };
  process.send!(told);
});
// Never outlives the benchmark.
process.on("disconnect", () => process.exit());
