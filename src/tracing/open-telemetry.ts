// Traces by OpenTelemetry, sent by OTLP over HTTP. Loaded only where an endpoint is set. Spans hold names, ids, counts and codes: never
// what people write, and no address or token.
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { errorCode } from "../lib/error-code.ts";
import { ChatError } from "../lib/errors.ts";
import type { Attributes, Tracing } from "../lib/tracing.ts";
import { VERSION } from "../lib/version.ts";

// A collector that does not answer must not hold up the end of the process.
const CLOSE_TIMEOUT_MS = 2_000;
/** Of the spans that did their work together, so many are named. */
const LINK_LIMIT = 100;

export interface TracingSettings {
  serviceName: string;
  /** Which share of all requests and frames is traced. */
  ratio: number;
  /** How often what was measured is sent. */
  delayMs: number;
}

export class OpenTelemetry implements Tracing {
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;
  private readonly active = new AsyncLocalStorage<Span>();
  private readonly carried = new WeakMap<object, Span>();
  private readonly ratio: number;

  constructor({ serviceName, ratio, delayMs }: TracingSettings, nodeId: string) {
    this.ratio = ratio;
    this.provider = new TracerProvider({
      resource: defaultResource().merge(
        resourceFromAttributes({
          "service.name": serviceName,
          "service.version": VERSION,
          "service.instance.id": nodeId,
        }),
      ),
      // Where to: by OpenTelemetry's own variables.
      spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: delayMs })],
    });
    this.tracer = this.provider.getTracer("realtime-chat");
  }

  get isActive() {
    return this.active.getStore() !== undefined;
  }

  trace<T>(name: string, attributes: Attributes, work: () => T, conclude?: (result: Awaited<T>) => Attributes): T {
    // Decided here, so that what is not of the sample costs next to nothing.
    if (Math.random() >= this.ratio) return work();
    return this.run(this.tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT), work, conclude);
  }

  span<T>(name: string, attributes: Attributes, work: () => T): T {
    const parent = this.active.getStore();
    return parent ? this.run(this.tracer.startSpan(name, { attributes }, contextOf(parent)), work) : work();
  }

  carry(key: object) {
    const span = this.active.getStore();
    if (span) this.carried.set(key, span);
  }

  together<T>(name: string, keys: Iterable<object>, work: () => T): T {
    const spans: Span[] = [];
    let size = 0;
    for (const key of keys) {
      size++;
      const span = this.carried.get(key);
      if (span) spans.push(span);
    }
    const [first, ...others] = spans;
    if (!first) return this.isActive ? this.active.exit(work) : work();
    const links = others.slice(0, LINK_LIMIT).map((span) => ({ context: span.spanContext() }));
    return this.run(this.tracer.startSpan(name, { attributes: { size }, links }, contextOf(first)), work);
  }

  rename(name: string) {
    this.active.getStore()?.updateName(name);
  }

  async close() {
    await Promise.race([this.provider.shutdown().catch(() => {}), Bun.sleep(CLOSE_TIMEOUT_MS)]);
  }

  /** Runs work in a span that ends with it. */
  private run<T>(span: Span, work: () => T, conclude?: (result: Awaited<T>) => Attributes): T {
    const end = (result: Awaited<T>) => {
      if (conclude) span.setAttributes(conclude(result));
      span.end();
    };
    try {
      const result = this.active.run(span, work);
      if (result instanceof Promise) {
        // The caller's own promise is handed on: it must not become another one by being measured.
        Promise.prototype.then.call(result, end as never, (error) => endFailed(span, error));
      } else end(result as Awaited<T>);
      return result;
    } catch (error) {
      endFailed(span, error);
      throw error;
    }
  }
}

const contextOf = (span: Span): Context => trace.setSpan(ROOT_CONTEXT, span);

/** What is refused is no error of the server's. */
function endFailed(span: Span, error: unknown) {
  const code = error instanceof ChatError ? error.code : (errorCode(error) ?? "error");
  span.setAttribute("error.type", code);
  if (!(error instanceof ChatError) || error.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
