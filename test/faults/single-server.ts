// The stage of campaigns against one server with its own PostgreSQL, and a proxy between the two.
import { join } from "node:path";
import { until } from "../support/patience.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";
import { type Launch, OURS, ServerProcess } from "../support/server-process.ts";
import { patienceWith } from "./scene.ts";
import { Teardown } from "./teardown.ts";

/** A server that reaches its database through the line, and is the mutant that `env` names, if any. */
const behindProxy = ({ command, env, ...launch }: Launch = OURS, { socket }: PostgresProxy): Launch => ({
  ...launch,
  command: [...command, "--preload", join(import.meta.dir, "mutate.ts")],
  env: { ...env, DATABASE_PROXY: socket },
});

export class SingleServer {
  private constructor(
    readonly server: ServerProcess,
    readonly databaseProxy: PostgresProxy,
    readonly patienceMs: number,
    private readonly teardown: Teardown,
  ) {}

  /** Starts it. */
  static async create(launch?: Launch): Promise<SingleServer> {
    const teardown = new Teardown();
    try {
      let server: ServerProcess;
      const databaseProxy = await teardown.own(
        () => PostgresProxy.to(() => server.target()),
        (proxy) => proxy.close(),
      );
      server = await teardown.own(
        () => ServerProcess.create(undefined, behindProxy(launch, databaseProxy)),
        (created) => created.remove(),
      );
      await server.startPatiently();
      return new SingleServer(server, databaseProxy, patienceWith(launch), teardown);
    } catch (error) {
      await teardown.end();
      throw error;
    }
  }

  get urls() {
    return [this.server.url];
  }

  get filesDir() {
    return join(this.server.dataDir, "files");
  }

  /** Waits for a database that was just ended, and is started again by its server. */
  async target() {
    await until("the database runs", () => this.server.databasePid() !== null);
    return this.server.target();
  }

  remove = () => this.teardown.end();
}
