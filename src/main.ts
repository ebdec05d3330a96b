// Start-up and shutdown, nothing else.
import { type Config, readConfig } from "./config.ts";
import type { Heartbeat, NodeOptions } from "./db/nodes.ts";
import { toStartupError } from "./db/start-errors.ts";
import { openStorage, type Storage } from "./db/storage.ts";
import { announce, announceCreation } from "./lib/announcement.ts";
import { errorCode } from "./lib/error-code.ts";
import { refusalOf, requireFree } from "./lib/listening.ts";
import { Shutdown } from "./lib/shutdown.ts";
import { StartupError } from "./lib/startup-error.ts";
import type { Worker } from "./workers/worker.ts";

// Without a drain, a supervisor that kills after ten seconds is soon enough. Answering those who are connected may take this much of them, the database the rest.
const CLOSE_LIMIT_MS = 4_000;
const SHUTDOWN_LIMIT_MS = 9_500;

type Server = Awaited<ReturnType<typeof import("./app.ts").createServer>>;

const print = (sentence: string) => console.log(sentence);

/** Loaded once, however often it is called. */
const loadServer = () =>
  Promise.all([import("./app.ts"), import("./db/nodes.ts"), import("./lib/log.ts"), import("./web/index.ts")]);

/** What a server needs that may share its database with others; loaded only then. */
const loadShared = () =>
  Promise.all([import("./bus/control.ts"), import("./db/notify.ts"), import("./files/identity.ts")]);

async function main() {
  const settings = readConfig(process.env);
  const worker = settings.workers > 1 ? await joinWorkers(settings) : null;
  const config = worker ? worker.configure(settings) : settings;
  if (!worker) await requireFree(config);
  // The code of the server loads while its PostgreSQL starts.
  const onSpawn = () => loadServer().catch(() => {});
  const opening: Promise<Storage> = worker
    ? Promise.resolve(worker.storage)
    : openStorage(config, { onSpawn, onCreate: announceCreation });
  let server: Server | undefined;
  let heartbeat: Heartbeat | undefined;
  let release: Awaited<ReturnType<typeof import("./db/nodes.ts").claimDatabase>> | undefined;
  const shutdown = new Shutdown({
    async run(code) {
      // Alone, or among servers that all go, it has nobody to hand its clients over to: each second would be one without a server.
      const mayDrain = code === 0 && heartbeat !== undefined && heartbeat.others > 0;
      const drainMs = mayDrain ? config.drainSeconds * 1_000 : 0;
      setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS + 2 * drainMs).unref();
      worker?.stopping(2 * drainMs);
      if (mayDrain) await heartbeat!.announceLeave();
      const hasSuccessor = () => heartbeat!.successors > 0 && !worker?.isOrphan;
      if (drainMs > 0) await server?.drain(drainMs, hasSuccessor);
      const closed = server ? server.close(() => heartbeat?.leave()) : release?.("leave");
      await Promise.race([closed, Bun.sleep(CLOSE_LIMIT_MS)]).catch((error) => console.error(error));
      const storage = await opening.catch(() => null);
      await storage?.embedded?.stop();
      await worker?.end();
      process.exit(code);
    },
    async abort() {
      await (await opening.catch(() => null))?.embedded?.stop();
    },
  });
  if (worker) worker.handle({ onStop: () => void shutdown.start(), onOrphaned: () => void shutdown.start(1) });
  else shutdown.listen();

  const storage = await opening;
  try {
    const [{ createServer }, { claimDatabase, Heartbeat }, { safeError, switchBySignal }, { prepareWeb }] =
      await loadServer();
    const nodeId = worker?.assignment.nodeId ?? crypto.randomUUID();
    const node: NodeOptions =
      config.databaseUrl || worker
        ? {
            ...(await sharedNode(nodeId, config.nodeName, { ...config, filesDir: storage.filesDir })),
            predecessor: worker?.assignment.predecessor ?? null,
          }
        : { isShared: false };
    release = await claimDatabase(storage.target, nodeId, print, node);
    const onSessionEnd = () => void heartbeat?.send();
    // Until the first heartbeat has counted them, there may be others.
    const cluster = { others: () => heartbeat?.others ?? 1, onNodesChange: () => void heartbeat?.send() };
    server = await createServer(
      { ...config, jwtSecret: storage.jwtSecret, filesDir: storage.filesDir },
      storage.target,
      {
        nodeId,
        onSessionEnd,
        ...(node.isShared && { cluster }),
        ...(worker && { worker }),
      },
    );
    // One request's mishap must not end everybody's connections; what was being written is the database's to roll back.
    const { core } = server;
    const { log, sql } = core;
    switchBySignal(log);
    heartbeat = new Heartbeat({
      sql,
      nodeId,
      log,
      node,
      onOthersGone: (areDead) => server?.onOtherGone(areDead),
      async onLost() {
        // Perhaps the row is gone with the history that held it, in a restore; then only this server knows.
        await core.timeline.epoch.check().catch(() => {});
        console.error(
          "This server has lost its place on the database: another one has taken over, or a backup was restored. It ends now.",
        );
        void shutdown.start(1);
      },
    });
    await heartbeat.send();
    await release();
    const survive = (error: unknown) => log.error({ error: safeError(error) }, "an error that nobody caught");
    process.on("uncaughtException", survive);
    process.on("unhandledRejection", survive);
    const { port } = listen(server, config);
    if (worker) worker.listening(core.metrics.registry, port);
    else announce(config, port, storage.where);
    if (config.registration !== "open" && (worker?.number ?? 1) === 1) await printFirstInvite(core);
    prepareWeb().catch((error) => log.error({ error: safeError(error) }, "the web client could not be built"));
  } catch (error) {
    await storage.embedded?.stop();
    throw errorCode(error) ? toStartupError(error) : error;
  }
}

/** The way in while nobody has an account and not everybody may create one. Loaded only then. */
async function printFirstInvite({ db, mail }: Server["core"]) {
  const code = await (await import("./modules/invites/policy.ts")).firstInvite(db);
  if (code) print(`Nobody has an account yet. Create the first one at ${mail.link(`invite/${code}`)}`);
}

/** In a worker, resolves with its part; otherwise this process supervises workers until it ends. Loaded only then. */
const joinWorkers = async (config: Config): Promise<Worker> =>
  (await import("./workers/index.ts")).joinOrSupervise(config);

/** A server that other servers hear, and that hears them. */
async function sharedNode(
  nodeId: string,
  name: string,
  place: Pick<Config, "filesUrl" | "filesDir">,
): Promise<NodeOptions> {
  const [{ encodeControl }, { CONTROL_CHANNEL }, { filesIdentity }] = await loadShared();
  const [hello, bye] = [encodeControl(nodeId, { type: "node.hello" })!, encodeControl(nodeId, { type: "node.bye" })!];
  return { isShared: true, name, files: await filesIdentity(place), notices: { channel: CONTROL_CHANNEL, hello, bye } };
}

function listen(server: Server, config: Config) {
  try {
    return server.listen();
  } catch (error) {
    throw refusalOf(error, config);
  }
}

main().catch((error) => {
  if (error instanceof StartupError) console.error(error.message);
  else console.error(error);
  process.exit(1);
});
