// The stage of campaigns against one server with its own PostgreSQL, and a proxy between the two.
import { join } from "node:path";
import { PostgresProxy } from "../support/postgres-proxy.ts";
import { type Launch, OURS, ServerProcess } from "../support/server-process.ts";
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
      await server.start();
      return new SingleServer(server, databaseProxy, teardown);
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

  target = () => this.server.target();

  remove = () => this.teardown.end();
}
