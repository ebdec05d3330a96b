// Start-up and shutdown, nothing else.
import { createServer } from "./app.ts";
import { type Config, readConfig } from "./config.ts";
import { prepareDatabase } from "./db/client.ts";
import { Beat, takePlace } from "./db/nodes.ts";
import { databaseRefusal } from "./db/prepare.ts";
import { openStorage } from "./db/storage.ts";
import { errorCode } from "./lib/error-code.ts";
import { refusalOf, requireFree } from "./lib/listening.ts";
import { safeError } from "./lib/log.ts";
import { StartupError } from "./lib/startup-error.ts";
import { warmWeb } from "./web/index.ts";

// A supervisor kills after ten seconds. Answering those who are connected may take this much of them, the database the rest.
const CLOSE_LIMIT_MS = 4_000;
const SHUTDOWN_LIMIT_MS = 9_500;

const say = (sentence: string) => console.log(sentence);

async function main() {
  const config = readConfig(process.env);
  await requireFree(config);
  const opening = openStorage(config);
  let server: Awaited<ReturnType<typeof createServer>> | undefined;
  let beat: Beat | undefined;
  let stopping = false;
  const stop = async (code = 0) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
    const closed = server?.close(() => beat?.leave());
    await Promise.race([closed, Bun.sleep(CLOSE_LIMIT_MS)]).catch((error) => console.error(error));
    const storage = await opening.catch(() => null);
    await storage?.embedded?.stop();
    process.exit(code);
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());

  const storage = await opening;
  try {
    await prepareDatabase(storage.target, say);
    const nodeId = crypto.randomUUID();
    const release = await takePlace(storage.target, nodeId, say);
    const onSessionEnd = () => void beat?.beat();
    server = await createServer({ ...config, jwtSecret: storage.jwtSecret }, storage.target, { nodeId, onSessionEnd });
    // One request's mishap must not end everybody's connections; what was being written is the database's to roll back.
    const { core } = server;
    const { log, sql } = core;
    beat = new Beat({
      sql,
      id: nodeId,
      log,
      async onLost() {
        // Perhaps the row is gone with the history that held it, in a restore; then only this server knows.
        await core.timeline.epoch.check().catch(() => {});
        console.error(
          "This server has lost its place on the database: another one has taken over, or a backup was restored. It ends now.",
        );
        void stop(1);
      },
    });
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
    throw errorCode(error) ? databaseRefusal(error) : error;
  }
}

function listen(server: Awaited<ReturnType<typeof createServer>>, config: Config) {
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
