// The figures of this server and of those beside it, for GET /admin/health. The others are asked by a notification of the database, which
// works whatever the bus does. Loaded when somebody asks for the first time; from then on nothing is measured while nobody does.
import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { HealthMessage } from "../../bus/control.ts";
import type { Core } from "../../core.ts";
import { VERSION } from "../../lib/version.ts";
import type { Health, ServerFigures, ServerHealth } from "../../protocol/health.ts";

// Of the database, and of the other servers together: a page that shows the figures asks every few seconds.
const PATIENCE_MS = 1_500;
// Readings that come sooner are the same one, however many ask.
const FRESH_MS = 900;
// Rates over a longer time say nothing of now.
const LONGEST_INTERVAL_MS = 60_000;
// In milliseconds; shorter delays are not seen.
const LAG_RESOLUTION = 20;

export interface HealthParts {
  core: Core;
  nodeId: string;
  /** Tells the other servers; undefined where there can be none. */
  send: ((message: HealthMessage) => Promise<unknown>) | undefined;
}

interface Reading {
  at: number;
  messages: number;
  cpuSeconds: number;
}

interface Question {
  /** By the id of the server. */
  answers: Map<string, ServerFigures>;
  onAnswer: () => void;
}

export class HealthReader {
  private current: { at: number; figures: Promise<ServerFigures> } | null = null;
  private asked: { at: number; health: Promise<Health> } | null = null;
  private previous: Reading | null = null;
  private delays: ReturnType<typeof monitorEventLoopDelay> | null = null;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private readonly questions = new Map<string, Question>();

  constructor(private readonly parts: HealthParts) {}

  /** Of every server on the database; of this one alone while the database does not respond. */
  read(): Promise<Health> {
    if (!this.asked || performance.now() - this.asked.at > FRESH_MS)
      this.asked = { at: performance.now(), health: this.readAll() };
    return this.asked.health;
  }

  /** From another server. */
  onMessage(message: HealthMessage, sender: string) {
    if (message.type === "health.request") {
      const answer = async () =>
        this.parts.send?.({ type: "health.response", id: message.id, figures: await this.figures() });
      // Without the database nobody hears of it.
      answer().catch(() => {});
      return;
    }
    const question = this.questions.get(message.id);
    question?.answers.set(sender, message.figures);
    question?.onAnswer();
  }

  private async readAll(): Promise<Health> {
    const { core, nodeId } = this.parts;
    const own = { id: nodeId, name: `${core.config.nodeName}, process ${process.pid}`, is_current: true };
    const [figures, others] = await Promise.all([this.figures(), this.readOthers()]);
    const servers = [{ ...own, figures }, ...others];
    return { servers: servers.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }

  private async readOthers(): Promise<ServerHealth[]> {
    const { core, nodeId, send } = this.parts;
    if (!send) return [];
    const id = crypto.randomUUID();
    const { promise, resolve } = Promise.withResolvers<void>();
    const question: Question = { answers: new Map(), onAnswer: () => {} };
    this.questions.set(id, question);
    const patience = setTimeout(resolve, PATIENCE_MS);
    let nodes: { id: string; name: string }[] = [];
    const ask = async () => {
      nodes = await core.sql<typeof nodes>`select id, name from nodes where id <> ${nodeId}`;
      if (nodes.length > 0) await send({ type: "health.request", id });
      question.onAnswer = () => nodes.every((node) => question.answers.has(node.id)) && resolve();
      question.onAnswer();
    };
    try {
      await Promise.race([Promise.all([ask(), promise]), promise]);
    } catch {
      // The database does not respond: its state is among this server's own figures.
    } finally {
      clearTimeout(patience);
      this.questions.delete(id);
    }
    return nodes.map((node) => ({ ...node, is_current: false, figures: question.answers.get(node.id) ?? null }));
  }

  private figures(): Promise<ServerFigures> {
    if (!this.current || performance.now() - this.current.at > FRESH_MS)
      this.current = { at: performance.now(), figures: this.measure() };
    return this.current.figures;
  }

  private async measure(): Promise<ServerFigures> {
    const { core } = this.parts;
    const { messages, ...rates } = await this.rates();
    const [database, disk, counts] = await Promise.all([
      this.readDatabase(),
      readDisk(core.config.filesDir),
      Promise.all(COUNTS.map(async ([name, metric]) => [name, (await this.metric(metric)) ?? 0] as const)),
    ]);
    const isUp = await this.metric("chat_bus_up");
    const memory = process.memoryUsage();
    return {
      version: VERSION,
      started_at: new Date(performance.timeOrigin).toISOString(),
      status: core.readiness.reason ?? (database.status === "ok" ? "ok" : "database_unavailable"),
      ...(Object.fromEntries(counts) as Record<(typeof COUNTS)[number][0], number>),
      messages,
      ...rates,
      database,
      bus:
        isUp === null
          ? null
          : { is_up: isUp === 1, verify_lag_seconds: (await this.metric("chat_verify_lag_seconds")) ?? 0 },
      event_loop_lag_seconds: this.readLag(),
      memory_bytes: memory.rss,
      heap_bytes: memory.heapUsed,
      disk,
    };
  }

  private async metric(name: string): Promise<number | null> {
    const metric = this.parts.core.metrics.registry.getSingleMetric(name);
    return metric ? ((await metric.get()).values[0]?.value ?? 0) : null;
  }

  private async rates() {
    const now: Reading = {
      at: performance.now(),
      messages: (await this.metric("chat_messages_total")) ?? 0,
      cpuSeconds: (await this.metric("process_cpu_seconds_total")) ?? 0,
    };
    const { previous } = this;
    this.previous = now;
    const seconds = previous && now.at - previous.at <= LONGEST_INTERVAL_MS ? (now.at - previous.at) / 1000 : null;
    const rate = (name: "messages" | "cpuSeconds") =>
      seconds === null ? null : (now[name] - previous![name]) / seconds;
    return { messages: now.messages, messages_per_second: rate("messages"), cpu: rate("cpuSeconds") };
  }

  /** Measured apart from GET /metrics, for each reading begins anew; not any more when none comes for long. */
  private readLag(): number {
    const longest = this.delays?.max ?? 0;
    this.delays?.reset();
    if (!this.delays) {
      this.delays = monitorEventLoopDelay({ resolution: LAG_RESOLUTION });
      this.delays.enable();
    }
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.delays?.disable();
      this.delays = null;
    }, LONGEST_INTERVAL_MS);
    this.rest.unref();
    return longest / 1e9;
  }

  private async readDatabase(): Promise<ServerFigures["database"]> {
    const { core } = this.parts;
    const begun = performance.now();
    const response = Promise.all([
      core.sql`select 1`.then(() => performance.now() - begun),
      core.timeline.canWrite(),
    ]).then(
      ([ms, canWrite]) => (canWrite ? ms : null),
      () => null,
    );
    const ms = await Promise.race([response, Bun.sleep(PATIENCE_MS).then(() => null)]);
    return {
      status: ms === null ? "unavailable" : "ok",
      response_ms: ms,
      connections: (await this.metric("chat_database_connections")) ?? 0,
      connections_busy: (await this.metric("chat_database_connections_busy")) ?? 0,
    };
  }
}

/** By the names of their metrics. */
const COUNTS = [
  ["sockets", "chat_sockets"],
  ["users_online", "chat_users_online"],
  ["rooms", "chat_rooms"],
  ["commands_under_way", "chat_commands_under_way"],
  ["write_queue", "chat_write_queue"],
  ["write_queue_age_seconds", "chat_write_queue_age_seconds"],
  ["receipt_queue", "chat_receipt_queue"],
] as const;

/** Of the file system that the directory is on, or is to be on; null where that is not known. */
async function readDisk(dir: string): Promise<ServerFigures["disk"]> {
  const stats = await statfs(dir).catch(() => null);
  if (stats) return { free_bytes: stats.bavail * stats.bsize, total_bytes: stats.blocks * stats.bsize };
  const parent = dirname(resolve(dir));
  return parent === dir ? null : readDisk(parent);
}
