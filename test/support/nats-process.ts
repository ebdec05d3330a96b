// A nats-server of a test's own, to be killed, frozen and started again on the same port.
import { connect } from "node:net";
import { freePort } from "./server-process.ts";

const START_LIMIT_MS = 10_000;

export class NatsProcess {
  private process!: Bun.Subprocess;

  private constructor(private readonly port: number) {}

  static isInstalled = () => Bun.which("nats-server") !== null;

  static async start(): Promise<NatsProcess> {
    if (!NatsProcess.isInstalled()) throw new Error("nats-server is not installed");
    const nats = new NatsProcess(await freePort());
    await nats.restart();
    return nats;
  }

  get url() {
    return `nats://127.0.0.1:${this.port}`;
  }

  get pid() {
    return this.process.pid;
  }

  async restart() {
    this.process = Bun.spawn(["nats-server", "-a", "127.0.0.1", "-p", String(this.port)], {
      stdio: ["ignore", "ignore", "ignore"],
    });
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await this.isUp())) {
      if (Date.now() > deadline) throw new Error("nats-server did not start");
      await Bun.sleep(20);
    }
  }

  async kill() {
    this.process.kill("SIGKILL");
    await this.process.exited;
  }

  stop = () => this.kill();

  private isUp(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1");
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
  }
}
