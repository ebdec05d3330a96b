// A client process of the benchmark: opens its share of the sockets, talks when told to, and reports what it measured. Told
// what to do by fleet.ts; the messages are in plan.ts.
import type { ClientPlan, Order, Told } from "./plan.ts";
import { Talker, Tally } from "./talker.ts";

// More handshakes at once only queue in the kernel, and past its backlog are dropped.
const CONNECTING = 100;
const LAG_TICK_MS = 10;
// How long answers may take once nothing more is sent.
const DRAIN_LIMIT_MS = 10_000;

const tally = new Tally();
let talkers: Talker[] = [];
let plan: ClientPlan;
let markedAt = 0;
let cpuAtMark = process.cpuUsage();
let lag = 0;
let pacer: ReturnType<typeof setInterval> | undefined;

const tell = (told: Told) => process.send!(told);

async function connect(next: ClientPlan) {
  plan = next;
  const began = performance.now();
  talkers = plan.sockets.map((socket, index) => new Talker(socket, plan, tally, plan.first + index));
  for (let i = 0; i < talkers.length; i += CONNECTING) {
    await Promise.all(talkers.slice(i, i + CONNECTING).map((talker) => talker.connect()));
  }
  tell({ told: "ready", seconds: (performance.now() - began) / 1000 });
}

function go() {
  watchLag();
  mark();
  if (plan.rate === null) for (const talker of talkers) talker.talk();
  else pace(plan.rate);
}

/** Sends what is due, however late the last answers are; latencies count from when each was due. */
function pace(rate: number) {
  const senders = talkers.filter((_, index) => plan.sockets[index]!.sends);
  const began = performance.now();
  let sent = 0;
  pacer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * rate);
    for (; sent < due; sent++) senders[sent % senders.length]!.send(began + (sent / rate) * 1000);
  }, 1);
}

function watchLag() {
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    lag = Math.max(lag, now - last - LAG_TICK_MS);
    last = now;
  }, LAG_TICK_MS);
}

function mark() {
  markedAt = performance.now();
  cpuAtMark = process.cpuUsage();
  tally.answered = 0;
  tally.deliveries = 0;
  tally.latencies = [];
  lag = 0;
}

async function stop() {
  const { user, system } = process.cpuUsage(cpuAtMark);
  const { answered, deliveries, latencies } = tally;
  const seconds = (performance.now() - markedAt) / 1000;
  const measured = { seconds, answered, deliveries, latencies, cpu: (user + system) / 1e6, lag };
  tally.latencies = [];
  clearInterval(pacer);
  for (const talker of talkers) talker.hush();
  const waiting = () => talkers.reduce((sum, talker) => sum + talker.underWay, 0);
  const deadline = Date.now() + DRAIN_LIMIT_MS;
  while (waiting() > 0 && Date.now() < deadline) await Bun.sleep(5);
  if (waiting() > 0) tally.fault(`${waiting()} messages were not answered within ${DRAIN_LIMIT_MS} ms`);
  const sent = new Map<number, number>();
  for (const talker of talkers) for (const [room, count] of talker.sent) sent.set(room, (sent.get(room) ?? 0) + count);
  tell({ told: "drained", measured, sent: [...sent] });
}

/** Waits until every socket has seen every message of its rooms. */
async function check(expected: Map<number, number>) {
  const short = () => {
    for (const talker of talkers) {
      for (const [room, count] of talker.seen) {
        const wanted = expected.get(room) ?? 0;
        if (count !== wanted) return `a socket saw ${count} of ${wanted} messages in room ${room}`;
      }
    }
  };
  const deadline = Date.now() + DRAIN_LIMIT_MS;
  while (short() && Date.now() < deadline) await Bun.sleep(5);
  const missing = short();
  if (missing) tally.fault(missing);
  tell({ told: "checked", faults: tally.faults });
}

process.on("message", (order: Order) => {
  if (order.order === "connect") void connect(order.plan);
  else if (order.order === "go") go();
  else if (order.order === "mark") mark();
  else if (order.order === "stop") void stop();
  else void check(new Map(order.rooms));
});
// Never outlives the benchmark.
process.on("disconnect", () => process.exit());
