// Two servers on one database that hear each other: by a bus in memory, or by PostgreSQL's notifications.
import type { ServerOptions } from "../../src/app.ts";
import type { ClusterOptions } from "../../src/cluster.ts";
import { asUser, startServer, type TestServer, type User } from "../support/harness.ts";
import { MemoryNetwork } from "../support/memory-wire.ts";

export const BUSES = ["memory", "notify"] as const;
export type BusName = (typeof BUSES)[number];

export interface TwoServers {
  a: TestServer;
  b: TestServer;
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
): Promise<TwoServers> {
  const network = bus === "memory" ? new MemoryNetwork() : null;
  const cluster = () => ({ others: () => 1, ...more, ...(network && { wire: network.newWire() }) });
  const a = await startServer(settings, undefined, { ...options, cluster: cluster() });
  const b = await startServer(settings, a.target, { ...options, cluster: cluster() });
  return {
    a,
    b,
    network,
    onB: (user) => asUser(b.url, user.token),
    async close() {
      await b.close();
      await a.close();
    },
  };
}
