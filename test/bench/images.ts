// `bun run bench:images`: what the largest images, sent back to back by one user, cost others who chat meanwhile. Rounds without and with
// images alternate on one server, so that whatever else the machine does is in both; the ratio is of adjacent rounds.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deflateSync } from "node:zlib";
import { pngOf } from "../support/images.ts";
import { table } from "./report.ts";
import { median, percentile } from "./round.ts";
import { makeConversations, makePeople } from "./seed.ts";
import { type Person, Server } from "./subjects.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "8" },
    seconds: { type: "string", default: "10" },
    pairs: { type: "string", default: "10" },
    rate: { type: "string", default: "10" },
    json: { type: "boolean", default: false },
  },
});
const ROUNDS = Number(options.rounds);
const SECONDS = Number(options.seconds);
const PAIRS = Number(options.pairs);
/** Messages a second of each pair. */
const RATE = Number(options.rate);
/** 50 megapixels, as cameras make them. */
const WIDTH = 8_160;
const HEIGHT = 6_120;
/** Grain, so that the file is as large as that of a camera. */
const GRAIN = 24;

/** A JPEG of 50 megapixels: a gradient with grain. */
async function makePhoto(): Promise<Uint8Array<ArrayBuffer>> {
  let state = 1;
  const png = pngOf(
    WIDTH,
    HEIGHT,
    (x, y) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const grain = (state >>> 24) % GRAIN;
      return [(x * 200) / WIDTH + grain, (y * 200) / HEIGHT + grain, 100 + grain];
    },
    (rows) => deflateSync(rows, { level: 1 }),
  );
  return new Uint8Array(await new Bun.Image(png).jpeg({ quality: 90 }).bytes());
}

/** Sends a message at a time over a socket, and knows how long each took to be acknowledged. */
class Chatter {
  private readonly waiting = new Map<string, number>();
  latencies: number[] = [];
  private count = 0;

  private constructor(
    private readonly socket: WebSocket,
    private readonly conversationId: number,
  ) {
    socket.onmessage = ({ data }) => {
      const { type, ref } = JSON.parse(String(data));
      const sentAt = this.waiting.get(ref);
      if (type !== "ack" || sentAt === undefined) return;
      this.waiting.delete(ref);
      this.latencies.push(performance.now() - sentAt);
    };
  }

  static async open(url: string, { token }: Person, conversationId: number): Promise<Chatter> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws?token=${token}`);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return new Chatter(socket, conversationId);
  }

  send() {
    const ref = String(this.count++);
    this.waiting.set(ref, performance.now());
    const conversation_id = this.conversationId;
    this.socket.send(JSON.stringify({ type: "message.send", conversation_id, body: "Shall we meet at seven?", ref }));
  }

  /** Resolves when all that was sent is acknowledged. */
  async settled() {
    while (this.waiting.size > 0) await Bun.sleep(5);
  }

  close = () => this.socket.close();
}

async function chatFor(seconds: number, chatters: Chatter[]) {
  for (const chatter of chatters) chatter.latencies = [];
  const started = performance.now();
  let sent = 0;
  while (performance.now() - started < seconds * 1000) {
    const due = Math.floor(((performance.now() - started) / 1000) * RATE * PAIRS);
    for (; sent < due; sent++) chatters[sent % PAIRS]!.send();
    await Bun.sleep(2);
  }
  await Promise.all(chatters.map((chatter) => chatter.settled()));
  const latencies = chatters.flatMap((chatter) => chatter.latencies).sort((a, b) => a - b);
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), messages: latencies.length };
}

/**
 * Uploads the photo again and again until it is stopped; resolves with how many were processed. In a process of its own, and a patient
 * one: what it takes to send would be taken on another machine.
 */
function startUploads(url: string, { token }: Person) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "photographer.ts"), url, token, photoPath], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  return {
    async stop() {
      await child.stdin.end();
      const done = Number(await new Response(child.stdout).text());
      if ((await child.exited) !== 0 || done === 0) throw new Error("no image was processed");
      return done;
    },
  };
}

const photo = await makePhoto();
const dir = await mkdtemp(join(tmpdir(), "bench-images-"));
const photoPath = join(dir, "photo.jpg");
await Bun.write(photoPath, photo);
console.log(`a photo of ${((WIDTH * HEIGHT) / 1e6).toFixed(1)} megapixels, ${(photo.length / 1e6).toFixed(1)} MB`);
const server = await Server.start("images", undefined, { RATE_LIMITS: "off" });
const chatters: Chatter[] = [];
const rows: string[][] = [["round", "quiet p50", "quiet p99", "images p50", "images p99", "ratio of p99", "images"]];
const ratios: number[] = [];
try {
  const people = await makePeople(server, PAIRS * 2 + 1);
  const photographer = people.pop()!;
  const pairs = Array.from({ length: PAIRS }, (_, i): [Person, Person] => [people[2 * i]!, people[2 * i + 1]!]);
  const conversations = await makeConversations(server, pairs);
  for (const [index, [sender]] of pairs.entries())
    chatters.push(await Chatter.open(server.url, sender, conversations[index]!));
  await chatFor(3, chatters);
  for (let round = 1; round <= ROUNDS; round++) {
    const measure = {
      quiet: () => chatFor(SECONDS, chatters).then((result) => ({ ...result, done: 0 })),
      images: async () => {
        const uploads = startUploads(server.url, photographer);
        const result = await chatFor(SECONDS, chatters);
        return { ...result, done: await uploads.stop() };
      },
    };
    // What comes first alternates, for a machine gets slower or faster meanwhile.
    const order = round % 2 === 0 ? (["images", "quiet"] as const) : (["quiet", "images"] as const);
    const results: Partial<Record<"quiet" | "images", Awaited<ReturnType<(typeof measure)["quiet"]>>>> = {};
    for (const which of order) results[which] = await measure[which]();
    const { quiet, images } = results as Required<typeof results>;
    ratios.push(images.p99 / quiet.p99);
    const row = [round, quiet.p50, quiet.p99, images.p50, images.p99, images.p99 / quiet.p99, images.done];
    rows.push(row.map((value, at) => (at === 0 || at === row.length - 1 ? String(value) : value.toFixed(2))));
    console.log(rows.at(-1)!.join("  "));
  }
} finally {
  for (const chatter of chatters) chatter.close();
  await server.end();
  await rm(dir, { recursive: true });
}
console.log(`\n${table(rows)}\n`);
console.log(
  `Others' p99 beside images: ${median(ratios).toFixed(2)} times that of quiet rounds (median of ${ROUNDS}; bar: 2).`,
);
if (options.json) console.log(JSON.stringify({ ratios, median: median(ratios) }));
