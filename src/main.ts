// Start-up and shutdown, nothing else.
import { type Config, readConfig } from "./config.ts";
import type { Heartbeat, NodeOptions } from "./db/nodes.ts";
import { toStartupError } from "./db/start-errors.ts";
import { openStorage } from "./db/storage.ts";
import { errorCode } from "./lib/error-code.ts";
import { refusalOf, requireFree } from "./lib/listening.ts";
import { StartupError } from "./lib/startup-error.ts";

// Without a drain, a supervisor that kills after ten seconds is soon enough. Answering those who are connected may take this much of them, the database the rest.
const CLOSE_LIMIT_MS = 4_000;
const SHUTDOWN_LIMIT_MS = 9_500;
// `bun start` and npm hand on what the terminal has sent to the server already; that is not asking twice.
const REPEATED_SIGNAL_MS = 500;

type Server = Awaited<ReturnType<typeof import("./app.ts").createServer>>;

const print = (sentence: string) => console.log(sentence);

/** Loaded once, however often it is called. */
const loadServer = () =>
  Promise.all([import("./app.ts"), import("./db/nodes.ts"), import("./lib/log.ts"), import("./web/index.ts")]);

/** What a server needs that may share its database with others; loaded only then. */
const loadShared = () => Promise.all([import("./bus/control.ts"), import("./db/notify.ts")]);

async function main() {
  const config = readConfig(process.env);
  await requireFree(config);
  // The code of the server loads while its PostgreSQL starts.
  const opening = openStorage(config, () => loadServer().catch(() => {}));
  let server: Server | undefined;
  let heartbeat: Heartbeat | undefined;
  let stoppingSince: number | null = null;
  const stop = async (code = 0) => {
    if (stoppingSince !== null) return;
    stoppingSince = performance.now();
    // Alone, or among servers that all go, it has nobody to hand its clients over to: each second would be one without a server.
    const mayDrain = code === 0 && heartbeat !== undefined && heartbeat.others > 0;
    const drainMs = mayDrain ? config.drainSeconds * 1_000 : 0;
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS + 2 * drainMs).unref();
    if (mayDrain) await heartbeat!.announceLeave();
    if (drainMs > 0) await server?.drain(drainMs, () => heartbeat!.successors > 0);
    const closed = server?.close(() => heartbeat?.leave());
    await Promise.race([closed, Bun.sleep(CLOSE_LIMIT_MS)]).catch((error) => console.error(error));
    const storage = await opening.catch(() => null);
    await storage?.embedded?.stop();
    process.exit(code);
  };
  const onSignal = async () => {
    if (stoppingSince === null) return stop();
    if (performance.now() - stoppingSince < REPEATED_SIGNAL_MS) return;
    await (await opening.catch(() => null))?.embedded?.stop();
    process.exit(1);
  };
  process.on("SIGTERM", () => void onSignal());
  process.on("SIGINT", () => void onSignal());

  const storage = await opening;
  try {
    const [{ createServer }, { claimDatabase, Heartbeat }, { safeError }, { warmWeb }] = await loadServer();
    const nodeId = crypto.randomUUID();
    const node: NodeOptions = config.databaseUrl ? await sharedNode(nodeId, config.nodeName) : { isShared: false };
    const release = await claimDatabase(storage.target, nodeId, print, node);
    const onSessionEnd = () => void heartbeat?.send();
    // Until the first heartbeat has counted them, there may be others.
    const cluster = { others: () => heartbeat?.others ?? 1, onNodesChange: () => void heartbeat?.send() };
    server = await createServer({ ...config, jwtSecret: storage.jwtSecret }, storage.target, {
      nodeId,
      onSessionEnd,
      ...(node.isShared && { cluster }),
    });
    // One request's mishap must not end everybody's connections; what was being written is the database's to roll back.
    const { core } = server;
    const { log, sql } = core;
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
        void stop(1);
      },
    });
    await heartbeat.send();
    await release();
    const survive = (error: unknown) => log.error({ error: safeError(error) }, "an error that nobody caught");
    process.on("uncaughtException", survive);
    process.on("unhandledRejection", survive);
    const { port } = listen(server, config);
    const shown = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
    const address = `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
    // The first visitor need not wait for it.
    warmWeb().catch((error) => log.error({ error: safeError(error) }, "the web client could not be built"));
    console.log(`Chat is served at ${address}`);
    console.log(`Its data is kept ${storage.where}`);
    console.log(`Its documentation is at ${address}/docs`);
    if (!config.rateLimits)
      console.warn("Warning: RATE_LIMITS=off lifts every limit on rates and sockets; use it for load tests only.");
  } catch (error) {
    await storage.embedded?.stop();
    throw errorCode(error) ? toStartupError(error) : error;
  }
}

/** A server that other servers hear, and that hears them. */
async function sharedNode(nodeId: string, name: string): Promise<NodeOptions> {
  const [{ encodeControl }, { CONTROL_CHANNEL }] = await loadShared();
  const [hello, bye] = [encodeControl(nodeId, { type: "node.hello" })!, encodeControl(nodeId, { type: "node.bye" })!];
  return { isShared: true, name, notices: { channel: CONTROL_CHANNEL, hello, bye } };
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
