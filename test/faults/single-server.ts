// The stage of campaigns against one server with its own PostgreSQL, and a proxy between the two.
import { join } from "node:path";
import { PostgresProxy } from "../support/postgres-proxy.ts";
import { type Launch, OURS, ServerProcess } from "../support/server-process.ts";

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
  ) {}

  /** Starts it. */
  static async create(launch?: Launch): Promise<SingleServer> {
    let server: ServerProcess;
    const databaseProxy = await PostgresProxy.to(() => server.target());
    server = await ServerProcess.create(undefined, behindProxy(launch, databaseProxy));
    const stage = new SingleServer(server, databaseProxy);
    await server.start().catch(async (error) => {
      await stage.remove();
      throw error;
    });
    return stage;
  }

  get urls() {
    return [this.server.url];
  }

  target = () => this.server.target();

  async remove() {
    await this.server.remove();
    await this.databaseProxy.close();
  }
}
