// What it costs that several servers write to the same rooms and wait for each other's row locks: the same conversations, whose messages
// are sent through two servers or through one. Either way both people read on both servers, so that nothing else differs. What the
// second gains is the most that giving each room a server to write to could gain; the messages that it hands over would cost some of it.
import { type Bench, compare, pairUp, rotate } from "../bench.ts";
import { batchSize, costOf, costTable, storingTime } from "../costs.ts";
import type { SocketPlan } from "../plan.ts";
import { Servers } from "../servers.ts";
import type { Subject } from "../subjects.ts";
import { type Conversations, prepareConversations } from "./direct.ts";

const IN_FLIGHT = 10;

export async function convoy(bench: Bench) {
  const counts = bench.quick ? [2] : [2, 4];
  for (const count of counts) {
    const servers = await Servers.start(`${count}, NATS`, { count, bus: "NATS", checkout: bench.checkout });
    try {
      const conversations = await prepareConversations(servers);
      const sideOf = (name: string, isShared: boolean) => ({
        name,
        subject: servers,
        load: { sockets: writersOn(servers, conversations, isShared), inFlight: IN_FLIGHT },
      });
      const name = `${count} servers write`;
      const sides = [sideOf("rooms apart", false), sideOf("same rooms", true)];
      const [apart, shared] = await rotate(bench, name, sides, bench.rounds);
      costTable(bench, `${name} to rooms dealt apart, and to the same`, [apart!, shared!]);
      const pairs = pairUp(apart!, shared!);
      compare(bench, pairs, { name: `${name}, rooms apart`, unit: "messages/s", of: (round) => round.answered });
      compare(bench, pairs, { name: "the same: PostgreSQL", unit: "CPU us/message", of: costOf("database") });
      compare(bench, pairs, { name: "the same: storing", unit: "us/message", of: storingTime });
      compare(bench, pairs, { name: "the same: batch", unit: "messages", of: batchSize });
    } finally {
      await servers.end();
    }
  }
}

/** Both sides of a conversation send on one server, or each on one of its own; both read on the other one besides. */
function writersOn(subject: Subject, { socketsOn }: Conversations, isShared: boolean): SocketPlan[] {
  return socketsOn(subject).flatMap((plan, index) => {
    const own = Math.floor(index / 2);
    const [sending, reading] = isShared && index % 2 === 1 ? [own + 1, own] : [own, own + 1];
    return [
      { ...plan, server: sending },
      { ...plan, server: reading, sends: false },
    ];
  });
}
