// What traces cost: the same messages at the same rate on a server without an endpoint, and on one that sends one in a hundred to a
// collector. As processor time a message, of the server and of its PostgreSQL.
import { type Bench, compare, pairUp, rotate } from "../bench.ts";
import { costOf } from "../costs.ts";
import type { Load } from "../fleet.ts";
import { atMost } from "../report.ts";
import type { Server } from "../subjects.ts";
import { prepareConversations } from "./direct.ts";

const SHARE = 0.01;
// Well below what the server manages, so that both sides do the same work in batches of the same size.
const RATE = 3_000;

export async function tracing(bench: Bench) {
  let received = 0;
  // A process of its own would be fairer, but one message in a hundred is little.
  const collector = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      received += (await request.arrayBuffer()).byteLength;
      return Response.json({});
    },
  });
  try {
    const [off, on] = await Promise.all([
      bench.newServer("off"),
      bench.newServer("on", {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.href.slice(0, -1),
        OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG: String(SHARE),
      }),
    ]);
    const sideOf = async (subject: Server) => {
      const { socketsOn } = await prepareConversations(subject);
      const load: Load = { sockets: socketsOn(subject), inFlight: 0, rate: RATE };
      return { subject, load };
    };
    const sides = [await sideOf(on), await sideOf(off)];
    const name = `direct at ${RATE}/s, ${100 * SHARE} % traced`;
    const [traced, plain] = await rotate(bench, name, sides, bench.rounds);
    const pairs = pairUp(traced!, plain!);
    const bar = atMost(1.05, 1.02);
    compare(bench, pairs, { name: `${name}: server`, unit: "us CPU", of: costOf("server"), bar });
    compare(bench, pairs, { name: "the same: PostgreSQL", unit: "us CPU", of: costOf("database") });
    if (received === 0) bench.report.fault("tracing: the collector received nothing");
    await Promise.all([off.end(), on.end()]);
  } finally {
    await collector.stop(true);
  }
}
