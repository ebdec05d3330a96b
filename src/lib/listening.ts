// Checks the address to listen on before anything is created or opened, with sentences for the operator. Called by main.ts and the
// supervisor of workers.
import { lookup } from "node:dns/promises";
import { StartupError } from "./startup-error.ts";

interface Address {
  host: string;
  port: number;
}

/** Throws a StartupError when the server can't listen there. */
export async function requireFree({ host, port }: Address): Promise<void> {
  try {
    // (Bun has no code of its own for a name that is not known.)
    await lookup(host.replace(/^\[(.*)\]$/, "$1"));
  } catch {
    throw new StartupError(
      `The name in HOST, ${host}, is not known: use an address of this machine such as 127.0.0.1, or 0.0.0.0 for all.`,
    );
  }
  try {
    void Bun.serve({ hostname: host, port, reusePort: false, fetch: () => new Response() }).stop(true);
  } catch (error) {
    throw refusalOf(error, { host, port });
  }
}

/**
 * Reserves an address until this process ends, for others that share it by `reusePort`: without that, two programs that start at the same
 * time would both find it free, and each get part of the other's connections. By the name of a socket in Linux' abstract namespace,
 * which ends with its process. Throws a StartupError when it is reserved. Port 0 needs none.
 */
export function reserve({ host, port }: Address): void {
  if (port === 0) return;
  try {
    Bun.listen({ unix: `\0realtime-chat ${host} ${port}`, socket: { data() {} } });
  } catch (error) {
    throw refusalOf(error, { host, port });
  }
}

/** The sentence for the operator about a failure to listen. */
export function refusalOf(error: unknown, { host, port }: Address): StartupError {
  const { code } = error as { code?: string };
  switch (code) {
    case "EADDRINUSE":
      return new StartupError(`Port ${port} is in use: stop what listens there, or choose another with PORT.`);
    case "EADDRNOTAVAIL":
      return new StartupError(
        `The server can't listen on ${host}:${port}: HOST is no address of this machine; use 127.0.0.1, or 0.0.0.0 for all.`,
      );
    case "EACCES":
      return new StartupError(
        `The server may not listen on port ${port}: choose one from 1024 on with PORT, or allow it to this user.`,
      );
  }
  return new StartupError(
    `The server can't listen on ${host}:${port} (${code ?? "unknown reason"}); check HOST and PORT.`,
  );
}
