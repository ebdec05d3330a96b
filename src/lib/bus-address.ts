// Reads BUS_URL: one or several addresses of NATS servers. No message of its own repeats a secret.
import { StartupError } from "./startup-error.ts";

/** What BUS_URL says. Of `user` with `password`, and `token`, there is one or neither. */
export interface BusAddress {
  /** As `host:port`. */
  servers: string[];
  /** Whether an unencrypted connection is refused. */
  isTls: boolean;
  user?: string;
  password?: string;
  token?: string;
}

const DEFAULT_PORT = 4222;
export const BUS_URL_EXPECTED =
  "addresses such as nats://user:password@a:4222,b:4222 or tls://token@a, with special characters percent-encoded";

const refuse = (): never => {
  throw new StartupError(`BUS_URL is not valid: expected ${BUS_URL_EXPECTED}.`);
};

/**
 * Reads addresses separated by commas; one without a scheme has that of the first, and what one says of the user holds for all. A user
 * name without a password is a token. Throws a StartupError.
 */
export function parseBusUrl(text: string): BusAddress {
  const schemes = new Set<string>();
  const logins = new Set<string>();
  const servers = text.split(",").map((part, index) => {
    const [, scheme, login, host, port] =
      /^(?:(nats|tls):\/\/)?(?:([^@/?#\s]*)@)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?\/?$/.exec(
        part.trim(),
      ) ?? refuse();
    if (index === 0 && !scheme) refuse();
    if (scheme) schemes.add(scheme);
    if (login !== undefined) logins.add(login);
    if (port && (Number(port) < 1 || Number(port) > 65_535)) refuse();
    return `${host}:${port ?? DEFAULT_PORT}`;
  });
  if (schemes.size > 1)
    throw new StartupError("BUS_URL is not valid: its addresses must all be nats:// or all tls://.");
  if (logins.size > 1) throw new StartupError("BUS_URL is not valid: its addresses must name the same user or token.");
  const [login] = logins;
  return { servers, isTls: schemes.has("tls"), ...(login !== undefined && readLogin(login)) };
}

function readLogin(login: string): Pick<BusAddress, "user" | "password" | "token"> {
  const [first, ...rest] = login.split(":").map(decode);
  if (!first || rest.length > 1 || rest[0] === "") refuse();
  return rest.length === 1 ? { user: first!, password: rest[0]! } : { token: first! };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse();
  }
}
