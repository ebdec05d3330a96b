// A server as operators run it: a process of its own with its own PostgreSQL, to be killed and started again.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START_LIMIT_MS = 30_000;

export class ServerProcess {
  url = "";
  private process: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;

  private constructor(
    private readonly base: string,
    private readonly port: number,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  static async create(): Promise<ServerProcess> {
    const base = await mkdtemp(join(tmpdir(), "chat-restart-"));
    await Bun.$`chmod 755 ${base}`.quiet();
    return new ServerProcess(base, await freePort());
  }

  get dataDir() {
    return join(this.base, "data");
  }

  /** Starts it; answers the milliseconds until it is healthy. */
  async start(): Promise<number> {
    const started = performance.now();
    this.process = Bun.spawn([process.execPath, join(import.meta.dir, "../../src/main.ts")], {
      env: {
        ...process.env,
        DATABASE_URL: "",
        DATA_DIR: this.dataDir,
        PORT: String(this.port),
        RATE_LIMITS: "off",
        LOG_LEVEL: "error",
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    while (performance.now() - started < START_LIMIT_MS) {
      if (this.process.exitCode !== null) throw new Error(await new Response(this.process.stderr).text());
      if (
        await fetch(`${this.url}/health`).then(
          (answer) => answer.ok,
          () => false,
        )
      )
        return performance.now() - started;
      await Bun.sleep(10);
    }
    throw new Error("the server did not start");
  }

  /** Sends the signal and waits for the end; answers the exit code (null after a kill). */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    this.process!.kill(signal);
    await this.process!.exited;
    return this.process!.exitCode;
  }

  /** The process id of its PostgreSQL; null when none runs. */
  async databasePid(): Promise<number | null> {
    const file = await readFile(join(this.dataDir, "postgres", "postmaster.pid"), "utf8").catch(() => "");
    return Number(file.split("\n")[0]) || null;
  }

  /** Ends it for good, with its data. */
  async remove() {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) await this.end("SIGTERM");
    await rm(this.base, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
