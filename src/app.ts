// The composition of the whole server: its parts, with the Elysia app of routes.ts on top. main.ts starts one; tests start many.

import { sweepAudit } from "./audit/audit.ts";
import { AuditWriter } from "./audit/audit-writer.ts";
import { LocalBus } from "./bus/local.ts";
import type { ClusterOptions } from "./cluster.ts";
import type { Core } from "./core.ts";
import { type DatabaseTarget, openConnections } from "./db/client.ts";
import { drain } from "./drain.ts";
import { Files } from "./files/files.ts";
import { ABANDONED_SECONDS } from "./files/sweep.ts";
import { createLogger } from "./lib/log.ts";
import { createMetrics } from "./lib/metrics.ts";
import { createLimits } from "./lib/rate-limit.ts";
import { Readiness } from "./lib/readiness.ts";
import { keepSecurityEvents } from "./lib/security-log.ts";
import { Mail } from "./mail/mail.ts";
import { presenceStore } from "./modules/friends/presence.ts";
import { messageCommands } from "./modules/messages/commands.ts";
import { roomAccess } from "./modules/messages/room-access.ts";
import { AccountPurge } from "./modules/own-data/purge.ts";
import { receiptCommands } from "./modules/receipts/commands.ts";
import { SOCKET_TIMES, type SocketTimes } from "./protocol/limits.ts";
import { connectionCommands } from "./realtime/commands.ts";
import type { Realtime } from "./realtime/connection.ts";
import { Dispatcher } from "./realtime/dispatch.ts";
import { Hub } from "./realtime/hub.ts";
import { InFlight } from "./realtime/in-flight.ts";
import { Presence } from "./realtime/presence.ts";
import { Typing } from "./realtime/typing.ts";
import { UnauthenticatedUsage } from "./realtime/unauthenticated.ts";
import { routes } from "./routes.ts";
import { type Issuers, RECHECK_MS, Sessions, SHARED_RECHECK_MS } from "./sessions/sessions.ts";
import { PeerCache } from "./timeline/peer-cache.ts";
import { Receipts } from "./timeline/receipts.ts";
import { ReplayReader } from "./timeline/replay-reader.ts";
import { Timeline } from "./timeline/timeline.ts";

const RESPONSE_GRACE_MS = 2_000;
// Longer than running work takes on a database that responds, and well within the ten seconds that a supervisor gives.
const FINISH_LIMIT_MS = 2_500;
const SWEEP_MS = 3_600_000;
// When an account is looked through for the last time, ten minutes after its deletion.
const ACCOUNT_SWEEP_MS = 660_000;
const FILE_SWEEP_MS = 60_000;
const REPORT_SWEEP_MS = 60_000;
// Once nothing that is older can be under way at another server.
const FILE_RECOVERY_MS = 2_000 + ABANDONED_SECONDS * 1_000;
// Shorter than the five seconds that a sender waits, so that a message on a dead connection can still be stored.
const SILENCE_MS = 3_000;
// What another server committed and did not work itself, although it lives: one of a former version, or without the setting.
const FEED_SWEEP_MS = 300_000;
// A change that comes without the end of a session, such as a restore under a running server, is noticed within this.
const EPOCH_CHECK_MS = 5_000;

/** Resolves when all pending HTTP requests have their responses, or after RESPONSE_GRACE_MS. */
async function requestsFinished(server: { pendingRequests: number } | null) {
  const deadline = performance.now() + RESPONSE_GRACE_MS;
  while (server && server.pendingRequests > 0 && performance.now() < deadline) await Bun.sleep(5);
}

/** Calls `load` the first time, and returns the same promise from then on. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

/** What main.ts and the tests may set besides the settings. */
export interface ServerOptions extends Partial<SocketTimes> {
  /** This server among those on the database. */
  nodeId?: string;
  /** Set where other servers may run on the same database. */
  cluster?: ClusterOptions;
  /** How long a response of PostgreSQL may take before the connection is suspected to be dead, in milliseconds. */
  silenceMs?: number;
  /** Set where this server is one of several workers, which listen on one port. */
  worker?: { number: number; readMetrics(): Promise<string> };
  /** Called whenever a database session has ended. */
  onSessionEnd?: () => void;
}

/** A server that is not listening yet. The database must be prepared (see prepareDatabase). */
export async function createServer(
  config: Core["config"],
  database: DatabaseTarget,
  {
    nodeId = crypto.randomUUID() as string,
    silenceMs = SILENCE_MS,
    onSessionEnd,
    cluster: clustered,
    worker,
    ...times
  }: ServerOptions = {},
) {
  const socketTimes = { ...SOCKET_TIMES, ...times };
  const log = createLogger(config.logLevel, worker && { worker: worker.number });
  const onClose = () => {
    timeline.epoch.invalidate();
    onSessionEnd?.();
  };
  const tracing = config.tracing ? (await import("./tracing/start.ts")).startTracing(config.tracing, nodeId) : null;
  const metrics = createMetrics();
  const connections = openConnections(database, {
    nodeId,
    log,
    lockTimeoutMs: config.lockTimeoutMs,
    pool: config.databasePool,
    onClose,
    onWait: metrics.measure(
      "chat_database_wait_seconds",
      "How long what found no free connection to the database waited for one.",
      [0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 1, 5],
    ),
    silenceMs,
    wrap: tracing?.wrap,
  });
  const { sql, db, writer } = connections;
  const audit = new AuditWriter({ db, log });
  keepSecurityEvents(log, (event, fields) => audit.add(event, fields));
  const unauthenticated = new UnauthenticatedUsage(config.rateLimits);
  const peerCache = new PeerCache(sql);
  const replayReader = new ReplayReader({ sql, peerCache });
  const local = new LocalBus(
    (userIds, topic, work) => hub.exclude(userIds, topic, work),
    (roomId) => hub.quietIn(roomId),
  );
  const cluster = clustered
    ? await (await import("./cluster.ts")).createCluster(clustered, {
        config,
        nodeId,
        sql,
        connections,
        local,
        log,
        peerCache,
        replayReader,
        isOnline: (userId) => hub.isOnline(userId),
        onlineUsers: () => hub.userIds,
        usersOfSomeRooms: () => hub.usersOfSomeRooms,
        onPresenceChange: (userIds) => sharedPresence?.refresh(userIds),
        onGap: () => sharedPresence?.onGap(),
        onUndelivered: (userId, roomId) => receipts.markDelivered(userId, roomId),
        onHistoryLost: () => timeline.epoch.onHistoryLost(),
        onHealth: (message, sender) => void health().then((reader) => reader.onMessage(message, sender)),
        onControlGap() {
          sessions.distrust();
          recheckSessions();
        },
      })
    : null;
  const bus = cluster?.bus ?? local;
  const socketsPerUser = config.rateLimits ? config.socketsPerUser : Number.POSITIVE_INFINITY;
  const hub = new Hub({
    socketsPerUser,
    times: socketTimes,
    bus,
  });
  const inFlight = new InFlight();
  const isOnline = (userId: number) => hub.isOnline(userId);
  const feeds = config.search
    ? (await import("./feeds.ts")).createFeeds({ sql, log, metrics, isBusy: () => timeline.isBusy })
    : null;
  const receipts = new Receipts({ sql, bus, log });
  const timeline = new Timeline({
    sql,
    db,
    writer,
    bus,
    metrics,
    log,
    tracing,
    peerCache,
    queueTimeoutMs: config.queueTimeoutMs,
    isOnline,
    isReached: cluster ? (userId) => hub.isOnline(userId) || cluster.bus.isReachedElsewhere(userId) : isOnline,
    search: config.search,
    onCommit: feeds?.markDirty,
    onLateArrival: (userId, roomId) => receipts.markDelivered(userId, roomId),
    onHistoryChange() {
      hub.endAll("restarted");
      for (const part of [sessions, peerCache, receipts, presence, bus]) part.clear();
      replayReader.cancel();
      feeds?.sweep();
    },
  });
  let issuers: Promise<Issuers> | undefined;
  const sessions = new Sessions({
    db,
    sql,
    bus,
    log,
    epoch: timeline.epoch,
    secrets: [config.jwtSecret, ...(config.jwtSecretPrevious ? [config.jwtSecretPrevious] : [])],
    ttl: config.tokenTtl,
    maxAge: config.sessionMaxAge,
    addressDays: config.addressDays,
    issuers: {
      async admit(token, key) {
        // Loaded with the first token that is not this server's own.
        issuers ??= import("./modules/issuers/admission.ts").then(({ createIssuers }) =>
          createIssuers({ config, db, log }, () => core),
        );
        return (await issuers).admit(token, key);
      },
      forget: () => void issuers?.then((loaded) => loaded.forget()),
    },
    maxAgeMs: cluster?.sessionMaxAgeMs,
  });
  const recheckSessions = () => {
    const { receiptChanges } = hub;
    void sessions.recheck(hub.sessionIds).then(
      (quiet) => hub.setQuiet(quiet, receiptChanges),
      () => {},
    );
  };
  const limits = createLimits(
    config.rateLimits,
    config.addsPerHour,
    cluster && { windows: cluster.attemptWindows, serversOf: (userId) => sharedPresence!.serversOf(userId) },
  );
  const health = once(async () => {
    const { HealthReader } = await import("./modules/admin/health.ts");
    return new HealthReader({ core, nodeId, send: cluster?.sendHealth });
  });
  const core: Core = {
    config,
    db,
    sql,
    log,
    metrics,
    readMetrics: () => worker?.readMetrics() ?? metrics.registry.metrics(),
    limits,
    bus,
    timeline,
    receipts,
    sessions,
    peerCache,
    replayReader,
    isOnline,
    online: (userIds) => sharedPresence?.online(userIds) ?? new Set(userIds.filter(isOnline)),
    readiness: new Readiness(),
    files: new Files({ sql, bus, log, config }),
    mail: new Mail({ config, log }),
    purgeAccounts: () => accountPurge.start(),
    readHealth: async () => (await health()).read(),
    tracing,
  };
  const accountPurge = new AccountPurge(core);
  core.readiness.add(() => (timeline.epoch.isUncertain ? "history_uncertain" : null));
  const access = roomAccess(core);
  const typing = new Typing({ bus, hub, inFlight, access, timeoutMs: socketTimes.typing });
  const presenceParts = { log, hub, inFlight, graceMs: socketTimes.presenceGrace };
  const sharedPresence = cluster?.createPresence({ ...presenceParts, socketsPerUser, probeMs: socketTimes.probe });
  const presence = sharedPresence ?? new Presence({ ...presenceParts, store: presenceStore(sql), bus });
  const dispatcher = new Dispatcher(
    { inFlight, limits, log, tracing },
    {
      ...connectionCommands(typing),
      ...messageCommands(core, (userId, room) => typing.stop(userId, room)),
      ...receiptCommands(core),
    },
  );
  const realtime: Realtime = {
    hub,
    dispatcher,
    typing,
    unauthenticated,
    access,
    bus,
    timeline,
    replayReader,
    receipts,
    sessions,
    limits,
    metrics,
    log,
    times: socketTimes,
  };
  hub.presence = presence;

  bus.onSignal((signal) => sessions.onSignal(signal));
  bus.onSignal((signal) => typing.onSignal(signal));
  bus.onSignal((signal) => hub.onSignal(signal));
  metrics.watch("chat_sockets", "Open sockets.", () => hub.sockets);
  metrics.watch("chat_rooms", "Rooms that at least one open socket follows.", () => hub.rooms);
  metrics.watch("chat_users_online", "Users with at least one socket open on this server.", () => hub.users);
  metrics.watch("chat_write_queue", "Messages and changes waiting for the database.", () => timeline.queued);
  metrics.watch(
    "chat_write_queue_age_seconds",
    "For how long the oldest message has waited for the database.",
    () => timeline.queueAge,
    "max",
  );
  metrics.watch("chat_database_connections", "Open connections to the database.", () => connections.counts().open);
  metrics.watch(
    "chat_database_connections_busy",
    "Those that wait for an answer; when all do, requests wait for a connection.",
    () => connections.counts().busy,
  );
  metrics.watch(
    "chat_database_waiting",
    "Statements and transactions that wait for a free connection to the database.",
    () => connections.counts().waiting,
  );
  metrics.watch(
    "chat_commands_under_way",
    "Commands of all sockets that are not answered yet.",
    () => inFlight.commands,
  );
  let openReports = 0;
  metrics.watch(
    "chat_reports_open",
    "Reports that no moderator has closed, as of the last minute.",
    () => openReports,
    "max",
  );
  const sweepReports = async () => {
    openReports = await (await import("./modules/reports/sweep.ts")).sweepReports(sql);
  };
  metrics.watch("chat_receipt_queue", "Receipts waiting for the database.", () => receipts.queued);

  if (cluster) {
    cluster.watch(metrics);
    core.readiness.add(() => cluster.notReady());
    await cluster.start();
  }
  if (config.jwtSecretPrevious) {
    await (await import("./modules/factors/rotation.ts")).resealSecrets(core);
    await (await import("./modules/issuers/rotation.ts")).resealIssuers(core);
  }
  await timeline.start();
  timeline.purge();
  accountPurge.start();
  feeds?.sweep();
  if (!cluster) core.files.recover(0).catch(() => {});
  const app = routes(core, realtime, worker !== undefined);
  // What fails is tried again the next time.
  const timers = [
    setInterval(() => sessions.sweep().catch(() => {}), SWEEP_MS),
    setInterval(() => sweepAudit(db, config.auditDays).catch(() => {}), SWEEP_MS),
    setInterval(() => accountPurge.start(), ACCOUNT_SWEEP_MS),
    setInterval(() => core.files.sweep().catch(() => {}), FILE_SWEEP_MS),
    setInterval(() => sweepReports().catch(() => {}), REPORT_SWEEP_MS),
    setInterval(() => timeline.epoch.check().catch(() => {}), EPOCH_CHECK_MS),
    ...(cluster ? [setInterval(() => cluster.attemptWindows.sweep().catch(() => {}), SWEEP_MS)] : []),
    ...(feeds ? [setInterval(() => feeds.sweep(), FEED_SWEEP_MS)] : []),
    // What the process before this one left undone; other servers may have begun something meanwhile.
    ...(cluster ? [setTimeout(() => core.files.recover().catch(() => {}), FILE_RECOVERY_MS)] : []),
    setInterval(recheckSessions, cluster ? SHARED_RECHECK_MS : RECHECK_MS),
  ];
  for (const timer of timers) timer.unref();
  let stopped: Promise<void> | undefined;
  const stopAccepting = () => {
    stopped ??= app.server?.stop(false);
  };

  return {
    app,
    core,
    /** Starts listening; returns the actual port, also when the setting is 0. */
    listen(): { port: number; hostname: string } {
      app.listen({ port: config.port, hostname: config.host });
      const server = app.server!;
      local.attach(server as Bun.Server<unknown>);
      core.readiness.start();
      return { port: server.port!, hostname: server.hostname! };
    },
    /** To be called when another server on the database has died (`isDead`) or left: what it had begun is left to those that live. */
    onOtherGone(isDead: boolean) {
      if (isDead) {
        timeline.purge();
        accountPurge.start();
        core.files.recover().catch(() => {});
      }
      feeds?.sweep();
    },
    /** Hands the clients over to other servers, over twice `ms` milliseconds while there is one; to be called before `close`. */
    drain: (ms: number, hasSuccessor: () => boolean) =>
      drain({ readiness: core.readiness, hub, stopAccepting, hasSuccessor }, ms),
    /**
     * Accepts no new connections, finishes running work, closes sockets with 1001 and disconnects from the database. Sockets do not
     * wait for a database that does not respond. `last` is called before the connections to it are closed.
     */
    async close(last: () => unknown = () => {}) {
      core.readiness.drain();
      for (const timer of timers) clearInterval(timer);
      stopAccepting();
      timeline.epoch.close();
      typing.close();
      const written = accountPurge
        .close()
        .then(() => timeline.close())
        .then(() => feeds?.close());
      const finished = Promise.all([written, receipts.close(), presence.close()]);
      await Promise.race([finished.then(() => requestsFinished(app.server)), Bun.sleep(FINISH_LIMIT_MS)]);
      await app.server?.stop(true);
      await stopped;
      await Promise.all([core.files.close(), core.mail.close()]);
      hub.close();
      await finished;
      await cluster?.close();
      await audit.flush();
      await last();
      await connections.end();
      await tracing?.close();
    },
  };
}
