// Start-up and shutdown, nothing else.
import { createServer } from "./app.ts";
import { type Config, readConfig, StartupError } from "./config.ts";
import { prepareDatabase } from "./db/client.ts";
import { openStorage } from "./db/storage.ts";
import { safeError } from "./lib/log.ts";
import { warmWeb } from "./web/index.ts";

// A supervisor kills after ten seconds. Answering those who are connected may take this much of them, the database the rest.
const CLOSE_LIMIT_MS = 4_000;
const SHUTDOWN_LIMIT_MS = 9_500;

async function main() {
  const config = readConfig(process.env);
  const opening = openStorage(config);
  let server: Awaited<ReturnType<typeof createServer>> | undefined;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
    await Promise.race([server?.close(), Bun.sleep(CLOSE_LIMIT_MS)]).catch((error) => console.error(error));
    const storage = await opening.catch(() => null);
    await storage?.embedded?.stop();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  const storage = await opening;
  try {
    await prepareDatabase(storage.target);
    server = await createServer({ ...config, jwtSecret: storage.jwtSecret }, storage.target);
    // One request's mishap must not end everybody's connections; what was being written is the database's to roll back.
    const { log } = server.core;
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
    throw error;
  }
}

function listen(server: Awaited<ReturnType<typeof createServer>>, config: Config) {
  try {
    return server.listen();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "EADDRINUSE") {
      throw new StartupError(`Port ${config.port} is in use: stop what listens there, or choose another with PORT.`);
    }
    throw new StartupError(
      `The server can't listen on ${config.host}:${config.port} (${code ?? "unknown reason"}); check HOST and PORT.`,
    );
  }
}

main().catch((error) => {
  if (error instanceof StartupError) console.error(error.message);
  else console.error(error);
  process.exit(1);
});
