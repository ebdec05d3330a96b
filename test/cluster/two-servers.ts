// Two servers on one database that hear each other: by a bus in memory, PostgreSQL's notifications, or NATS.
import type { ServerOptions } from "../../src/app.ts";
import type { ClusterOptions } from "../../src/cluster.ts";
import type { DatabaseTarget } from "../../src/db/client.ts";
import { asUser, startServer, type TestServer, type User } from "../support/harness.ts";
import { MemoryNetwork } from "../support/memory-wire.ts";
import { NatsServer } from "../support/nats.ts";

export const BUSES = ["memory", "notify", "nats"] as const;
export type BusName = (typeof BUSES)[number];

export interface TwoServers {
  a: TestServer;
  b: TestServer;
  /** As they are registered in the table of nodes. */
  nodeIds: { a: string; b: string };
  /** Null for a bus that the test can't disturb. */
  network: MemoryNetwork | null;
  /** The same user, calling the second server. */
  onB(user: User): ReturnType<typeof asUser>;
  close(): Promise<void>;
}

export async function startTwo(
  bus: BusName,
  settings = {},
  options: ServerOptions = {},
  more: Partial<ClusterOptions> = {},
  target?: DatabaseTarget,
): Promise<TwoServers> {
  const network = bus === "memory" ? new MemoryNetwork() : null;
  const nats = bus === "nats" ? await NatsServer.start() : null;
  const config = nats ? { busUrl: nats.url, ...settings } : settings;
  const nodeIds = { a: crypto.randomUUID() as string, b: crypto.randomUUID() as string };
  const shared = (nodeId: string): ServerOptions => ({
    ...options,
    nodeId,
    cluster: { others: () => 1, ...more, ...(network && { wire: network.newWire() }) },
  });
  const a = await startServer(config, target, shared(nodeIds.a));
  for (const [name, id] of Object.entries(nodeIds)) {
    await a.core.sql`insert into nodes (id, name, is_shared) values (${id}, ${name}, true)`;
  }
  const b = await startServer(config, a.target, shared(nodeIds.b));
  return {
    a,
    b,
    nodeIds,
    network,
    onB: (user) => asUser(b.url, user.token),
    async close() {
      await b.close();
      await a.close();
      await nats?.stop();
    },
  };
}
