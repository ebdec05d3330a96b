// Messages that have more than text: every tenth with formatting and a quote, beside the same load of plain ones.
import { alternate, type Bench, compare } from "../bench.ts";
import { runRound } from "../fleet.ts";
import { prepareConversations } from "./direct.ts";

const RICH_EACH = 10;

export async function rich(bench: Bench) {
  const server = await bench.server();
  const { socketsOn } = await prepareConversations(server);
  const load = { sockets: socketsOn(server), inFlight: 10 };
  const side = (subject: string, richEach: number | null) => async (seconds: number) => ({
    ...(await runRound(server, { ...load, richEach }, seconds)),
    subject,
  });
  const name = `direct, 10 in flight, 1 in ${RICH_EACH} rich`;
  const pairs = await alternate(bench, name, side("rich", RICH_EACH), side("plain", null));
  compare(bench, pairs, { name, unit: "messages/s", of: ({ answered }) => answered });
  compare(bench, pairs, { name: "the same: p99", unit: "ms", of: ({ p99 }) => p99 });
}
