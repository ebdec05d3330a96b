// The load of direct.ts, in a process of its own: opens a socket for each side, keeps so many messages in flight on each, and
// counts what was acknowledged and what was delivered. Reads its plan from standard input, writes its result to standard output.

export interface ClientPlan {
  url: string;
  sides: { token: string; conversationId: number }[];
  inFlight: number;
  seconds: number;
}

export interface ClientResult {
  acked: number;
  /** `message.new` frames seen by either side. */
  delivered: number;
  seconds: number;
  /** Milliseconds from sending a message to its `ack`. */
  p50: number;
  p99: number;
}

const plan: ClientPlan = await Bun.stdin.json();
// Every 16th is enough for percentiles and keeps the clock out of the way.
const SAMPLE = 16;

const ACK = '{"type":"ack","ref":"';

let acked = 0;
let delivered = 0;
let sending = true;
let outstanding = 0;
const latencies: number[] = [];

const sockets = await Promise.all(
  plan.sides.map(
    ({ token, conversationId }) =>
      new Promise<WebSocket>((resolve, reject) => {
        const ws = new WebSocket(`${plan.url.replace("http", "ws")}/ws/conversations/${conversationId}?token=${token}`);
        ws.onopen = () => ws.send('{"type":"ping"}');
        ws.onclose = ({ code, reason }) => {
          if (sending) reject(new Error(`closed: ${code} ${reason}`));
        };
        ws.onmessage = ({ data }) => {
          if (data === '{"type":"pong"}') drive(ws, resolve);
        };
      }),
  ),
);

function drive(ws: WebSocket, ready: (ws: WebSocket) => void) {
  const started = new Map<string, number>();
  let next = 0;
  const send = () => {
    outstanding++;
    const ref = String(next++);
    if (next % SAMPLE === 0) started.set(ref, performance.now());
    ws.send(`{"type":"message.send","body":"hello from the other side","ref":"${ref}"}`);
  };
  ws.onmessage = ({ data }) => {
    const frame = data as string;
    if (frame.startsWith('{"type":"message.new"')) delivered++;
    else if (frame.startsWith(ACK)) {
      acked++;
      outstanding--;
      const ref = frame.slice(ACK.length, frame.indexOf('"', ACK.length));
      const at = started.get(ref);
      if (at !== undefined) {
        latencies.push(performance.now() - at);
        started.delete(ref);
      }
      if (sending) send();
    } else if (!frame.startsWith('{"type":"message.delivered"')) throw new Error(frame);
  };
  ws.addEventListener("start", () => {
    for (let i = 0; i < plan.inFlight; i++) send();
  });
  ready(ws);
}

const began = performance.now();
for (const ws of sockets) ws.dispatchEvent(new Event("start"));
await Bun.sleep(plan.seconds * 1000);
sending = false;
while (outstanding > 0 || delivered < 2 * acked) {
  await Bun.sleep(5);
  if (performance.now() - began > (plan.seconds + 10) * 1000) break;
}
const seconds = (performance.now() - began) / 1000;
for (const ws of sockets) ws.close();
latencies.sort((a, b) => a - b);
const percentile = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
const result: ClientResult = { acked, delivered, seconds, p50: percentile(0.5), p99: percentile(0.99) };
await Bun.write(Bun.stdout, JSON.stringify(result));
process.exit(0);
