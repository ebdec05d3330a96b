// One way to connect for everything that does: what an address may say, and what every session is set to.
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import postgres, { type Options, type Sql } from "postgres";
import { StartupError } from "../lib/startup-error.ts";

/** postgres.js, with `bigint` columns as numbers: every id and seq is far below 2^53. */
export type SqlClient = Sql<{ bigint: number }>;

/** Where PostgreSQL is: an address, or the socket of the server's own. */
export type DatabaseTarget = string | { socket: string; user: string; password: string; database: string };

/** A connection of postgres.js, as our patch of it shows it. */
export interface WatchedConnection {
  /** The backend's process id, as it told us; a pooler makes up its own. */
  readonly pid: number | null;
  /** Whether it waits for something to do. */
  readonly isIdle: boolean;
  /** For how many milliseconds an answer is owed and nothing has come; 0 when none is. */
  readonly silence: number;
  /** Closes it without a goodbye; whatever waits for an answer fails with CONNECTION_CLOSED. */
  drop(): void;
}

export interface Connecting {
  max: number;
  /** What PostgreSQL knows the sessions by; 63 bytes at most. */
  name: string;
  /** Called whenever a session has ended. */
  onClose?: () => void;
  /** Takes in the connections, for a Watch. */
  watch?: Set<WatchedConnection>;
  /** Settings of these sessions besides those of all. */
  settings?: Record<string, string>;
}

/**
 * What the server relies on, whatever the role or the database say; the start checks that a pooler in between has let it through.
 * A commit is durable before anybody hears of it, and a statement in a transaction sees what was committed before it.
 */
export const RELIED_ON = {
  default_transaction_isolation: "read committed",
  default_transaction_deferrable: "off",
  synchronous_commit: "on",
  IntervalStyle: "postgres",
  bytea_output: "hex",
};

// PostgreSQL ends a session whose client has not acknowledged anything for this long, and with it the locks that it holds.
const LINE = {
  tcp_user_timeout: "10000",
  tcp_keepalives_idle: "10",
  tcp_keepalives_interval: "5",
  tcp_keepalives_count: "2",
};
const CONNECT_TIMEOUT_S = 5;
const KEEP_ALIVE_S = 10;

export function connect(target: DatabaseTarget, { max, name, onClose, watch, settings }: Connecting): SqlClient {
  const address = typeof target === "string" ? readAddress(target) : null;
  const flags = Object.entries({ ...RELIED_ON, ...LINE, ...settings });
  const options: Options<{ bigint: postgres.PostgresType<number> }> & { watch?: Set<WatchedConnection> } = {
    max,
    // What PostgreSQL has to say on the side (a relation exists already, …) is of no use to an operator.
    onnotice: () => {},
    ...(onClose && { onclose: onClose }),
    ...(watch && { watch }),
    ...(address?.tls !== undefined && { ssl: address.tls }),
    connect_timeout: CONNECT_TIMEOUT_S,
    keep_alive: KEEP_ALIVE_S,
    backoff: (tries) => Math.min(0.05 * 2 ** tries, 1),
    connection: {
      application_name: name,
      TimeZone: "UTC",
      DateStyle: "ISO",
      // In one parameter, so that a pooler has one to let through. What the address says comes last and holds, but for these.
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

interface Address {
  /** Without what is read here: the driver would hand it to PostgreSQL as a setting. */
  url: string;
  tls: Options<Record<string, never>>["ssl"] | undefined;
  options: string | undefined;
}

/**
 * Reads what the driver does not: the parameters for TLS, with libpq's meaning. Throws a StartupError that does not repeat the address,
 * for it holds a password.
 */
function readAddress(url: string): Address {
  const [base, query = ""] = splitAt(url, "?");
  const [authority = ""] = /(?<=^[a-z]+:\/\/)[^/?#]*/.exec(url) ?? [];
  const ats = authority.split("@").length - 1;
  // The rest of a password with one of / ? # in it stands behind the authority, with the @ that was to end it.
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
    // As libpq has it: a root certificate is there to be checked against, whatever the mode.
    rejectUnauthorized: mode === "verify-ca" || mode === "verify-full" || files.rootCert !== undefined,
  };
  // Only the issuer counts, not the name.
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
