// Composes the bus of a server that may share its database with others. Loaded only where it may.
import { readFile } from "node:fs/promises";
import { ClusterBus, type ClusterParts } from "./bus/cluster.ts";
import { encodeControl, type HealthMessage } from "./bus/control.ts";
import { FallbackWire } from "./bus/fallback-wire.ts";
import type { Wire } from "./bus/wire.ts";
import { PostgresWire } from "./bus/wire-postgres.ts";
import type { Config } from "./config.ts";
import { AttemptWindows } from "./db/attempt-windows.ts";
import type { Connections, SqlClient } from "./db/client.ts";
import { Listener } from "./db/listener.ts";
import { CONTROL_CHANNEL } from "./db/notify.ts";
import { parseBusUrl } from "./lib/bus-address.ts";
import { errorCode } from "./lib/error-code.ts";
import type { Logger } from "./lib/log.ts";
import type { Metrics } from "./lib/metrics.ts";
import { StartupError } from "./lib/startup-error.ts";
import { sharedPresenceStore } from "./modules/friends/shared-presence.ts";
import { SharedPresence, type SharedPresenceParts } from "./realtime/shared-presence.ts";
import { RECHECK_MS, SHARED_RECHECK_MS } from "./sessions/sessions.ts";
import type { PeerCache } from "./timeline/peer-cache.ts";
import type { ReplayReader } from "./timeline/replay-reader.ts";
import { RoomReader } from "./timeline/room-reader.ts";

// A notification takes some milliseconds on a busy database, a payload of NATS less than one.
const GRACE_MS = { notifications: 100, nats: 30 };
// As often as rooms are verified that are followed.
const DELIVERIES_MS = 30_000;
// From a commit of one's own that came before the one below it to a database that is away.
const WAIT_BUCKETS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30];
// The connection that listens is asked every three seconds, and a server on its way back from a freeze has heard nothing either.
const DEAF_MS = 10_000;

/** How a server works together with others on its database. */
export interface ClusterOptions {
  /** How many other servers live on the database, as far as is known. */
  others(): number;
  /** Called when a server says that it has come or is going. */
  onNodesChange?(): void;
  /** In place of the one that the settings name. */
  wire?: Wire;
  /** How long what was read of a session is used while there are others, where it is not the usual time: for tests. */
  sessionMs?: number;
  /** How often it is checked that nothing waits for those who are online here, where it is not the usual time: for tests. */
  deliveryMs?: number;
}

type BusSettings = Pick<Config, "busUrl" | "busCredentials" | "busPrefix" | "nodeName">;

interface Parts
  extends Omit<ClusterParts, "log" | "wire" | "reader" | "graceMs" | "others" | "onNodesChange" | "onWaited"> {
  config: BusSettings;
  sql: SqlClient;
  connections: Connections;
  peerCache: PeerCache;
  replayReader: ReplayReader;
  log: Logger;
  /** Notifications may have been missed. */
  onControlGap(): void;
}

export interface Cluster {
  bus: ClusterBus;
  listener: Listener;
  /** Why requests should not come yet, or not any more; null when they may. */
  notReady(): "control_channel_down" | "rooms_unverified" | null;
  /** Adds the figures of the bus. */
  watch(metrics: Pick<Metrics, "watch" | "count" | "measure">): void;
  /**
   * How long what was read of a session may be used at this moment, in milliseconds: not at all while this server may not hear that
   * it has ended on another one.
   */
  sessionMaxAgeMs(): number;
  /** Tells the other servers, outside of any transaction. */
  sendHealth(message: HealthMessage): Promise<unknown>;
  /** Counts password attempts and registrations together with the other servers. */
  attemptWindows: AttemptWindows;
  /** In place of the presence of a server that is alone. */
  createPresence(
    parts: Omit<SharedPresenceParts, "store" | "bus" | "others" | "publishHere" | "onGone">,
  ): SharedPresence;
  /** Resolves once this server hears the others. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function createCluster(options: ClusterOptions, parts: Parts): Promise<Cluster> {
  const { sql, config } = parts;
  const listener = new Listener(parts.connections.openListening());
  const notifications = () => postgresWire(sql, listener);
  const wire =
    options.wire ??
    (config.busUrl
      ? new FallbackWire(await natsWire(config.busUrl, config, parts.log), notifications())
      : notifications());
  let observeWait = (_seconds: number) => {};
  const bus = new ClusterBus({
    ...parts,
    onWaited: (ms) => observeWait(ms / 1_000),
    wire,
    reader: new RoomReader(parts),
    graceMs: config.busUrl ? GRACE_MS.nats : GRACE_MS.notifications,
    others: options.others,
    onNodesChange: () => options.onNodesChange?.(),
  });
  const deliveries = setInterval(() => {
    if (options.others() > 0) bus.checkDeliveries();
  }, options.deliveryMs ?? DELIVERIES_MS);
  deliveries.unref();
  let isStarted = false;
  let verifications = 0;
  const attemptWindows = new AttemptWindows(sql);
  return {
    bus,
    listener,
    attemptWindows,
    sendHealth: (message) => sql`select pg_notify(${CONTROL_CHANNEL}, ${encodeControl(parts.nodeId, message)})`,
    createPresence: (presence) =>
      new SharedPresence({
        ...presence,
        store: sharedPresenceStore(sql, parts.nodeId, {
          channel: CONTROL_CHANNEL,
          payloadOf: (userIds) => encodeControl(parts.nodeId, { type: "presence.changed", userIds })!,
        }),
        bus,
        publishHere: (userId, frame, version) => bus.publishHere(userId, frame, version),
        onGone: (userId) => bus.onGone(userId),
        others: options.others,
      }),
    notReady() {
      if (!listener.isUp) return "control_channel_down";
      return isStarted && verifications === 0 ? null : "rooms_unverified";
    },
    watch(metrics) {
      const { sequencer, outbox } = bus;
      metrics.watch("chat_nodes", "Servers on the database, this one included.", () => options.others() + 1, "max");
      metrics.watch("chat_bus_up", "Whether the bus between servers is connected.", () => Number(wire.isUp), "min");
      metrics.count("chat_bus_sent_total", "Entries sent to the other servers.", () => outbox.sent);
      metrics.count("chat_bus_heard_total", "Entries heard from other servers.", () => bus.heard);
      metrics.count(
        "chat_bus_dropped_total",
        "What was not sent to the other servers: entries that no payload could hold (outbox), payloads that no connection took (wire).",
        () => ({ outbox: outbox.dropped, wire: wire.dropped }),
        "by",
      );
      metrics.watch("chat_line_rooms", "Rooms whose events are put in order.", () => sequencer.rooms);
      metrics.count(
        "chat_line_filled_total",
        "Events read from the database because the bus did not bring them.",
        () => sequencer.filled,
      );
      metrics.count(
        "chat_line_dropped_total",
        "Events that were not kept behind a gap because too many waited; they are read from the database.",
        () => sequencer.dropped,
      );
      observeWait = metrics.measure(
        "chat_line_wait_seconds",
        "How long events waited for those before them, where they had to.",
        WAIT_BUCKETS,
      );
      metrics.watch(
        "chat_verify_lag_seconds",
        "Since when every room is known to have been compared with the database.",
        () => sequencer.verifyLagMs / 1_000,
        "max",
      );
    },
    sessionMaxAgeMs() {
      if (listener.silentMs > DEAF_MS) return 0;
      return options.others() > 0 ? (options.sessionMs ?? SHARED_RECHECK_MS) : RECHECK_MS;
    },
    async start() {
      await listener.listen(
        CONTROL_CHANNEL,
        (payload) => bus.onControl(payload),
        () => {
          if (!isStarted) return; // Nobody is connected yet.
          parts.onControlGap();
          verifications++;
          void bus.onControlGap().finally(() => verifications--);
        },
      );
      await bus.start();
      isStarted = true;
    },
    async close() {
      clearInterval(deliveries);
      await bus.close();
      await listener.close();
    },
  };
}

/** Bundles may be lost, so that their commit need not wait for the disk. */
export const postgresWire = (sql: SqlClient, listener: Listener) =>
  new PostgresWire({
    listen: (channel, onPayload, onListen) => listener.listen(channel, onPayload, onListen),
    notify: (channel, payloads) => sql`
      select pg_notify(${channel}, p) from (select set_config('synchronous_commit', 'off', true)) s, unnest(${payloads}::text[]) p`,
    isUp: () => listener.isUp,
  });

/** Loaded only where it is set. Throws a StartupError when the credentials file can't be read. */
async function natsWire(url: string, { busCredentials, busPrefix, nodeName }: BusSettings, log: Parts["log"]) {
  const { NatsWire } = await import("./bus/wire-nats.ts");
  const credentials = busCredentials
    ? await readFile(busCredentials, "utf8").catch((error) => {
        throw new StartupError(`The file of BUS_CREDENTIALS can't be read (${errorCode(error)}): ${busCredentials}.`);
      })
    : undefined;
  return new NatsWire({
    address: { ...parseBusUrl(url), credentials },
    prefix: busPrefix,
    name: nodeName,
    log,
    refusal: (sentence) => new StartupError(sentence),
  });
}
