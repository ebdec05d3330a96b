// The line between a server and its own PostgreSQL, in the test's hands: a proxy on a UNIX socket that can lose the database's answers.
// The server finds it through DATABASE_LINE (mutate.ts).
import { rm } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { newDir } from "../support/server-process.ts";

export class DatabaseLine {
  private readonly sockets = new Set<Socket>();
  private isDumb = false;

  private constructor(
    private readonly dir: string,
    private readonly server: Server,
    readonly path: string,
  ) {}

  /** `far` returns the path of the database's own socket; it is asked for each connection, and may throw while there is none. */
  static async to(far: () => Promise<string>): Promise<DatabaseLine> {
    const dir = await newDir();
    const path = join(dir, ".s.PGSQL.5432");
    let line: DatabaseLine;
    const server = createServer({ pauseOnConnect: true }, (near) => {
      far().then(
        (socket) => line.join(near, createConnection(socket)),
        () => near.destroy(),
      );
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    line = new DatabaseLine(dir, server, path);
    return line;
  }

  /** The database hears everything, and its answers are lost. */
  loseAnswers() {
    this.isDumb = true;
  }

  /** Every connection ends; new ones work again. */
  cut() {
    this.isDumb = false;
    for (const socket of this.sockets) socket.destroy();
  }

  async close() {
    this.cut();
    this.server.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  private join(near: Socket, far: Socket) {
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (bytes) => far.write(bytes));
    far.on("data", (bytes) => {
      if (!this.isDumb) near.write(bytes);
    });
    near.resume();
  }
}
