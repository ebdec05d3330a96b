// A NATS server of a test's own, which it can kill, freeze and start again on the same port.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENCE_MS } from "./patience.ts";
import { freePort } from "./server-process.ts";

const BINARY = Bun.which("nats-server") ?? "/usr/sbin/nats-server";

export class NatsServer {
  private process: Bun.Subprocess | null = null;

  private constructor(
    readonly port: number,
    private readonly directory: string,
  ) {}

  /** Starts one on a free port; `config` is in the format of its configuration file. */
  static async start(config = ""): Promise<NatsServer> {
    const directory = await mkdtemp(join(tmpdir(), "chat-nats-"));
    const server = new NatsServer(await freePort(), directory);
    await Bun.write(server.file, `listen: "127.0.0.1:${server.port}"\n${config}\n`);
    await server.restart();
    return server;
  }

  /** Without credentials. */
  get url() {
    return `nats://127.0.0.1:${this.port}`;
  }

  get pid() {
    return this.process!.pid;
  }

  /** Starts it again after `kill`; resolves when it accepts clients. */
  async restart() {
    this.process = Bun.spawn([BINARY, "-c", this.file], { stdio: ["ignore", "ignore", "ignore"] });
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await this.greets())) {
      if (performance.now() > deadline || this.process.exitCode !== null) throw new Error("nats-server does not start");
      await Bun.sleep(10);
    }
  }

  /** Ends it as a crash does. */
  async kill() {
    this.process?.kill("SIGKILL");
    await this.process?.exited;
  }

  freeze() {
    this.process!.kill("SIGSTOP");
  }

  thaw() {
    this.process!.kill("SIGCONT");
  }

  async stop() {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  private get file() {
    return join(this.directory, "nats.conf");
  }

  private async greets(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    try {
      const socket = await Bun.connect({
        hostname: "127.0.0.1",
        port: this.port,
        socket: { data: () => resolve(true), close: () => resolve(false), error: () => resolve(false) },
      });
      const answer = await promise;
      socket.end();
      return answer;
    } catch {
      return false;
    }
  }
}
