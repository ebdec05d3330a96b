// What may stand between a server and its database: TLS, and a pooler that hands out one session to everybody.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import type { DatabaseTarget } from "../../src/db/client.ts";

const SSL_REQUEST = 80877103;

export interface Front {
  /** The address to connect to. */
  url: string;
  close(): Promise<void>;
}

function reach(target: DatabaseTarget) {
  if (typeof target !== "string") return { to: { path: target.socket }, login: target };
  const { hostname, port, username, password, pathname } = new URL(target);
  return {
    to: { host: hostname, port: Number(port || 5432) },
    login: { user: username, password, database: pathname.slice(1) },
  };
}

async function listen(server: Server, host: string, { user, password, database }: ReturnType<typeof reach>["login"]) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

const quiet = (...sockets: Socket[]) => {
  for (const socket of sockets) {
    socket.on("error", () => {});
    socket.on("close", () => sockets.map((other) => other.destroy()));
  }
};

/** Speaks TLS with a certificate for `localhost` that is signed by the one in `ca`. Reached by a name that it has not, if asked to. */
export async function tlsFront(target: DatabaseTarget, host = "localhost"): Promise<Front & { ca: string }> {
  const dir = await mkdtemp(join(tmpdir(), "chat-tls-"));
  const [key, ca] = [join(dir, "key.pem"), join(dir, "ca.pem")];
  await Bun.$`openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${key} -out ${ca}`.quiet();
  const secrets = { key: await readFile(key), cert: await readFile(ca) };
  const { to, login } = reach(target);
  const server = createServer((near) => {
    const far = createConnection(to as { path: string });
    quiet(near, far);
    near.once("data", (first: Buffer) => {
      if (first.readUInt32BE(4) !== SSL_REQUEST) return near.destroy();
      near.write("S");
      const secure = new TLSSocket(near, { isServer: true, ...secrets });
      quiet(secure as unknown as Socket, far);
      secure.on("data", (bytes) => far.write(bytes));
      far.on("data", (bytes) => secure.write(bytes));
    });
  });
  return {
    url: await listen(server, host, login),
    ca,
    async close() {
      server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * A pooler in transaction mode with a single session: the first client logs in there, the others get its answers again, and each
 * has the session until a transaction ends.
 */
export async function transactionPooler(target: DatabaseTarget): Promise<Front> {
  const { to, login } = reach(target);
  let far: Socket | null = null;
  /** What the database said after the log-in; null while the first client logs in. */
  let greeting: Buffer | null = null;
  let owner: Socket | null = null;
  const waiting: { from: Socket; bytes: Buffer }[] = [];
  const next = () => {
    while (waiting.length > 0 && (owner === null || waiting[0]!.from === owner)) {
      const { from, bytes } = waiting.shift()!;
      owner = from;
      far!.write(bytes);
    }
  };
  const server = createServer((near) => {
    near.on("error", () => {});
    if (!far) {
      far = createConnection(to as { path: string });
      far.on("error", () => {});
      const heard: Buffer[] = [];
      owner = near;
      far.on("data", (bytes: Buffer) => {
        owner?.write(bytes);
        if (!greeting) heard.push(bytes);
        // ReadyForQuery, and no transaction open.
        if (!bytes.subarray(-6).equals(Buffer.from([90, 0, 0, 0, 5, 73]))) return;
        if (!greeting) {
          const all = Buffer.concat(heard);
          greeting = all.subarray(all.indexOf(Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 0])));
        }
        owner = null;
        next();
      });
      near.on("data", (bytes: Buffer) => {
        if (bytes[0] === 88) return; // Terminate: the session stays.
        if (!greeting) return far!.write(bytes);
        waiting.push({ from: near, bytes });
        next();
      });
      return;
    }
    near.once("data", () => {
      near.write(greeting!);
      near.on("data", (bytes: Buffer) => {
        if (bytes[0] === 88) return;
        waiting.push({ from: near, bytes });
        next();
      });
    });
  });
  return {
    url: await listen(server, "127.0.0.1", login),
    async close() {
      server.close();
      far?.destroy();
    },
  };
}
