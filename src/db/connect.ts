// The one way to connect to PostgreSQL: reads DATABASE_URL and sets every session to what the server relies on.
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import postgres, { type Options, type Sql } from "postgres";
import { StartupError } from "../lib/startup-error.ts";
import { DriverSocket } from "./driver-socket.ts";
import type { DriverQueue, PoolWaits } from "./pool-waits.ts";

/** postgres.js, with `bigint` columns as numbers: every id and seq is far below 2^53. */
export type SqlClient = Sql<{ bigint: number }>;

/** Where PostgreSQL is: an address, or the socket of the server's own. */
export type DatabaseTarget = string | { socket: string; user: string; password: string; database: string };

/** A connection of postgres.js, as our patch of it exposes it. */
export interface MonitoredConnection {
  /** The backend's process id as reported at connection; a pooler makes up its own. */
  readonly pid: number | null;
  readonly isIdle: boolean;
  /** For how many milliseconds a response has been due and nothing has arrived; 0 when none is due. */
  readonly silence: number;
  /** Closes the socket at once; pending queries fail with CONNECTION_CLOSED. */
  drop(): void;
}

export interface ConnectOptions {
  max: number;
  /** The sessions' `application_name`; 63 bytes at most. */
  name: string;
  /** Called whenever a session has ended. */
  onClose?: () => void;
  /** Receives the connections, for a ConnectionMonitor. */
  monitored?: Set<MonitoredConnection>;
  /** Settings of these sessions besides those of every session. */
  settings?: Record<string, string>;
  /** Counts the statements that wait for one of the connections. */
  waits?: PoolWaits;
}

/**
 * Settings that the server relies on, whatever the role or the database set; the start checks that a pooler passes them on. A commit is
 * durable before it is published, and a statement in a transaction sees what was committed before it.
 */
export const REQUIRED_SETTINGS = {
  default_transaction_isolation: "read committed",
  default_transaction_deferrable: "off",
  synchronous_commit: "on",
  IntervalStyle: "postgres",
  bytea_output: "hex",
};

// How long every statement waits for a lock, in milliseconds: enough for any transaction of a healthy server. A transaction that holds
// one for longer delays only those that need the same row.
export const LOCK_TIMEOUT_MS = 250;
// A statement or an idle transaction of the pool that takes this long is stuck.
export const STUCK_MS = 10_000;

// PostgreSQL ends a session whose client acknowledges nothing for about ten seconds, and so releases its locks.
const TCP_SETTINGS = {
  tcp_user_timeout: "10000",
  tcp_keepalives_idle: "10",
  tcp_keepalives_interval: "5",
  tcp_keepalives_count: "2",
};
const CONNECT_TIMEOUT_S = 5;
const KEEP_ALIVE_S = 10;

export function connect(
  target: DatabaseTarget,
  { max, name, onClose, monitored, settings, waits }: ConnectOptions,
): SqlClient {
  const address = typeof target === "string" ? readAddress(target) : null;
  const flags = Object.entries({ ...REQUIRED_SETTINGS, ...TCP_SETTINGS, ...settings });
  const options: DriverOptions = {
    max,
    // Notices (a relation exists already, …) are of no use to an operator.
    onnotice: () => {},
    ...(onClose && { onclose: onClose }),
    ...(monitored && { watch: monitored }),
    ...(waits && { watchQueue: (queue) => waits.watch(queue) }),
    ssl: address?.tls ?? false,
    connect_timeout: CONNECT_TIMEOUT_S,
    keep_alive: KEEP_ALIVE_S,
    ...(!address?.tls && { newSocket: () => new DriverSocket() }),
    backoff: (tries) => Math.min(0.05 * 2 ** tries, 1),
    connection: {
      application_name: name,
      TimeZone: "UTC",
      DateStyle: "ISO",
      // One parameter, so that a pooler needs to pass on one. These override the options of the address.
      options: [address?.options, ...flags.map(([flag, value]) => `-c ${flag}=${value.replaceAll(" ", "\\ ")}`)]
        .filter(Boolean)
        .join(" "),
    },
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
  };
  if (address) return postgres(address.url, options) as unknown as SqlClient;
  const { socket, user, password, database } = target as Exclude<DatabaseTarget, string>;
  return postgres({ ...options, path: socket, user, password, database }) as unknown as SqlClient;
}

// `watch`, `watchQueue` and `newSocket` come from our patch of the driver.
type DriverOptions = Options<{ bigint: postgres.PostgresType<number> }> & {
  watch?: Set<MonitoredConnection>;
  watchQueue?: (queue: DriverQueue) => DriverQueue;
  newSocket?: () => DriverSocket;
};

interface Address {
  /** Without the parameters that are read here: the driver would pass them to PostgreSQL as settings. */
  url: string;
  tls: Options<Record<string, never>>["ssl"] | undefined;
  options: string | undefined;
}

/**
 * Reads the parameters that the driver ignores: those for TLS, as libpq defines them. Throws a StartupError that does not repeat the
 * address, which holds a password.
 */
function readAddress(url: string): Address {
  const [base, query = ""] = splitAt(url, "?");
  const [authority = ""] = /(?<=^[a-z]+:\/\/)[^/?#]*/.exec(url) ?? [];
  const ats = authority.split("@").length - 1;
  // A password with an unencoded / ? or # continues behind the authority, up to the @ that was to end it.
  const isCut = ats === 0 && authority !== "" && url.slice(url.indexOf("//") + 2 + authority.length).includes("@");
  if (url.includes("#") || ats > 1 || isCut) {
    throw new StartupError(
      "DATABASE_URL can't be read: a special character of the user name or password in it (such as / ? # or @) must be percent-encoded, as %2F, %3F, %23 or %40.",
    );
  }
  const parameters = new URLSearchParams(query);
  const take = (name: string) => {
    const value = parameters.get(name) ?? undefined;
    parameters.delete(name);
    return value;
  };
  const tls = readTls(take("sslmode"), {
    rootCert: take("sslrootcert"),
    cert: take("sslcert"),
    key: take("sslkey"),
  });
  const options = take("options");
  const rest = parameters.toString();
  return { url: rest ? `${base}?${rest}` : base!, tls, options };
}

function readTls(
  mode: string | undefined,
  files: { rootCert: string | undefined; cert: string | undefined; key: string | undefined },
): Address["tls"] {
  if (mode === "disable") return false;
  const hasFiles = Object.values(files).some(Boolean);
  if (
    !hasFiles &&
    (mode === undefined || mode === "prefer" || mode === "allow" || mode === "require" || mode === "true")
  )
    return mode === undefined ? undefined : mode === "true" ? "require" : mode;
  if (mode !== undefined && !["prefer", "allow", "require", "verify-ca", "verify-full"].includes(mode)) {
    throw new StartupError(
      "DATABASE_URL is not valid: sslmode must be disable, allow, prefer, require, verify-ca or verify-full.",
    );
  }
  const ca = files.rootCert && files.rootCert !== "system" ? readPem("sslrootcert", files.rootCert) : undefined;
  const tls: ConnectionOptions = {
    ...(ca && { ca }),
    ...(files.cert && { cert: readPem("sslcert", files.cert) }),
    ...(files.key && { key: readPem("sslkey", files.key) }),
    // As in libpq: with a root certificate, certificates are verified whatever the mode.
    rejectUnauthorized: mode === "verify-ca" || mode === "verify-full" || files.rootCert !== undefined,
  };
  // The issuer is verified, the host name is not.
  if (mode !== "verify-full" && files.rootCert !== "system") tls.checkServerIdentity = () => undefined;
  return tls;
}

function readPem(parameter: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new StartupError(
      `The file that ${parameter} in DATABASE_URL names can't be read (${(error as NodeJS.ErrnoException).code}): ${path}.`,
    );
  }
}

function splitAt(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
