// Every setting, read once from the environment and checked against one schema; main.ts and the tests call it.
// It must not touch the disk or the network, and no message of its own may repeat a secret.
import { hostname } from "node:os";
import { join } from "node:path";
import { type Static, type TProperties, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { BUS_URL_EXPECTED, parseBusUrl } from "./lib/bus-address.ts";
import { FILES_URL_EXPECTED, parseFilesUrl } from "./lib/files-address.ts";
import { type OidcProvider, parseOidcProviders } from "./lib/oidc-providers.ts";
import { parseOrigin } from "./lib/origin.ts";
import { StartupError } from "./lib/startup-error.ts";
import { parseTokenIssuers, type TokenIssuer } from "./lib/token-issuers.ts";
import { PASSWORD_MIN } from "./protocol/limits.ts";
import {
  CHALLENGE_MODES,
  type ChallengeMode,
  REGISTRATION_MODES,
  type RegistrationMode,
} from "./protocol/registration.ts";

const SIZE_PATTERN = "^[1-9][0-9]{0,5}[KMGT]$";
const LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

export const Settings = Type.Object({
  HOST: Type.String({ default: "127.0.0.1", description: "Address to listen on; `0.0.0.0` for all interfaces." }),
  PORT: Type.Integer({
    default: 8000,
    minimum: 0,
    maximum: 65535,
    description: "Port to listen on; 0 picks a free one.",
  }),
  WORKERS: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 64,
    description:
      "Processes that serve the port together, to use several cores; Linux only. With more than one, the process that was started supervises them.",
  }),
  DATABASE_URL: Type.Optional(
    Type.String({
      pattern: "^postgres(ql)?://.+",
      description:
        "PostgreSQL 15 or later, as `postgres://user:password@host:5432/name`. Unset: the server runs its own.",
    }),
  ),
  DATA_DIR: Type.Optional(
    Type.String({
      description:
        "Where the server's own PostgreSQL, its secret and uploaded files are kept; `./data` when unset. With `DATABASE_URL` files alone.",
    }),
  ),
  JWT_SECRET: Type.Optional(
    Type.String({
      minLength: 32,
      description:
        "Signs sessions; 32 characters or more. Required with `DATABASE_URL`, else made at random and kept in `DATA_DIR`.",
    }),
  ),
  JWT_SECRET_PREVIOUS: Type.Optional(
    Type.String({
      minLength: 32,
      description:
        "The `JWT_SECRET` of before: sessions that it signed go on, and get tokens of the new one as they are renewed. Take it out after `TOKEN_TTL`.",
    }),
  ),
  TOKEN_TTL: Type.String({
    default: "30d",
    pattern: "^[1-9][0-9]{0,7}[smhd]$",
    description: "How long a login lasts that is not renewed, such as `12h` or `30d`. Clients renew those in use.",
  }),
  SESSION_MAX_AGE: Type.String({
    default: "365d",
    pattern: "^[1-9][0-9]{0,7}[smhd]$",
    description: "How long a login lasts at most, however often it is renewed.",
  }),
  ADDRESS_DAYS: Type.Integer({
    default: 90,
    minimum: 1,
    maximum: 3650,
    description: "How many days the network address of a session is kept after it was last used.",
  }),
  AUDIT_DAYS: Type.Integer({
    default: 365,
    minimum: 30,
    maximum: 3650,
    description:
      "How many days the audit log keeps what was done: by moderators and admins, and about the security of accounts.",
  }),
  REGISTRATION: Type.Union(
    REGISTRATION_MODES.map((mode) => Type.Literal(mode)),
    {
      default: "open",
      description:
        "Who may create an account: `open` anybody, `invite` whoever has an invite of a group or of the operator, `closed` whoever has one of the operator. While there is no account the server prints an invite at its start.",
    },
  ),
  REGISTRATION_CHALLENGE: Type.Union(
    CHALLENGE_MODES.map((mode) => Type.Literal(mode)),
    {
      default: "off",
      description:
        "Whether creating an account takes a proof of work, about a second of a device's time: `always`, or only during `floods` of more than 30 registrations a minute from everywhere. The web client and the SDK do it by themselves; others must know how.",
    },
  ),
  PASSWORD_MIN_LENGTH: Type.Integer({
    default: PASSWORD_MIN,
    minimum: PASSWORD_MIN,
    maximum: 64,
    description: "The least length of passwords that are set from now on; 8 or more is advised on the open internet.",
  }),
  COMMON_PASSWORDS: Type.Union([Type.Literal("refuse"), Type.Literal("allow")], {
    default: "refuse",
    description: "Whether a new password may be one of the 10,000 most common ones.",
  }),
  TOKEN_ISSUERS: Type.Optional(
    Type.String({
      description:
        "Who else may sign tokens for people here, such as the back end of your own product, as JSON: see docs/embedding.md. Unset: nobody.",
    }),
  ),
  OIDC_PROVIDERS: Type.Optional(
    Type.String({
      description:
        "Where people may log in instead of with a password, by OpenID Connect, as JSON: see Single sign-on in docs/operations.md. Needs `PUBLIC_URL`. Unset: nowhere.",
    }),
  ),
  CORS_ORIGINS: Type.String({
    default: "",
    pattern: "^$|^(\\*|https?://[^/,\\s]+(,\\s*https?://[^/,\\s]+)*)$",
    description:
      "Web origins that may call from elsewhere, comma-separated (`https://chat.example.org`), or `*`. The server's own origin always may.",
  }),
  TRUST_PROXY: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 10,
    description: "How many reverse proxies stand in front; the client's address is then read from `X-Forwarded-For`.",
  }),
  RATE_LIMITS: Type.Union([Type.Literal("on"), Type.Literal("off")], {
    default: "on",
    description: "`off` lifts all rates and socket counts; for load tests only.",
  }),
  SOCKETS_PER_USER: Type.Integer({
    default: 20,
    minimum: 1,
    maximum: 1000,
    description: "WebSockets that one user may have open at once: every tab of every device.",
  }),
  ADDS_PER_HOUR: Type.Integer({
    default: 30,
    minimum: 1,
    maximum: 10_000,
    description: "People who are not their friends that one user may add to groups within an hour.",
  }),
  DRAIN_SECONDS: Type.Integer({
    default: 5,
    minimum: 0,
    maximum: 300,
    description:
      "On `SIGTERM`, how long load balancers have to notice that the server is going, and then for how long its sockets are closed in waves. Nothing is waited for while no other server runs on the database.",
  }),
  SEARCH: Type.Union([Type.Literal("on"), Type.Literal("off")], {
    default: "on",
    description:
      "Whether messages can be searched. The index takes about as much space as the messages; it is written after them, and with `off` not at all. Turned on later, what was written before is indexed in the background. The same on every server of a database.",
  }),
  DATABASE_POOL: Type.Integer({
    default: 9,
    minimum: 3,
    maximum: 200,
    description:
      "Connections to PostgreSQL for everything but writing messages, which has one of its own, and listening, which has one with `DATABASE_URL` or `WORKERS`; of each worker.",
  }),
  BUS_URL: Type.Optional(
    Type.String({
      pattern: "^(nats|tls)://.+",
      description:
        "NATS servers that carry events between several servers, as `nats://user:password@a:4222,b:4222` or `tls://token@a`; needs `DATABASE_URL` or `WORKERS`. Unset: PostgreSQL carries them.",
    }),
  ),
  BUS_CREDENTIALS: Type.Optional(
    Type.String({ description: "A NATS credentials file (`.creds`), in place of a user or token in `BUS_URL`." }),
  ),
  BUS_PREFIX: Type.String({
    default: "chat",
    pattern: "^[A-Za-z0-9_-]{1,32}$",
    description:
      "First part of the NATS subjects; servers of one database need the same, other chats on that NATS another.",
  }),
  NODE_NAME: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "How this server is called among several; its host name when unset.",
    }),
  ),
  FILES_URL: Type.Optional(
    Type.String({
      pattern: "^s3://.+",
      description:
        "A bucket for uploaded files, as `s3://key:secret@bucket/folder?endpoint=https://…&region=…`. Unset: `files` in `DATA_DIR`, which several servers must share.",
    }),
  ),
  FILE_MAX_SIZE: Type.String({
    default: "100M",
    pattern: SIZE_PATTERN,
    description: "The largest file that may be uploaded, such as `500K`, `100M` or `2G`.",
  }),
  FILE_QUOTA: Type.String({
    default: "5G",
    pattern: SIZE_PATTERN,
    description: "How much space the files of one user may take.",
  }),
  FILE_CHECK_URL: Type.Optional(
    Type.String({
      pattern: "^(https?|clamd)://.+",
      description:
        "Where each complete file is posted to before anybody may have it: 2xx passes it, 4xx refuses it. `clamd://host:3310` is a ClamAV.",
    }),
  ),
  SMTP_URL: Type.Optional(
    Type.String({
      pattern: "^smtps?://.+",
      description:
        "Where mail goes: `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte. Unset: mail is written to the log, and with `DATABASE_URL` none is sent.",
    }),
  ),
  MAIL_FROM: Type.String({
    default: "Chat <chat@localhost>",
    pattern: "^[^\\r\\n]*@[^\\r\\n]+$",
    description: "Whom mail is from: `Chat <chat@example.org>`.",
  }),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: "^https?://[^\\s?#]+$",
      description:
        "Where people reach the server, as `https://chat.example.org`: what links in mails begin with, and whose host passkeys are bound to. Required with `SMTP_URL`.",
    }),
  ),
  SECURITY_CONTACT: Type.Optional(
    Type.String({
      pattern: "^((mailto:|tel:|https://)[^\\s]+|[^\\s:@]+@[^\\s:@]+)$",
      description:
        "Whom somebody writes to who has found a weakness: an e-mail address or the address of a page, shown at `/.well-known/security.txt`.",
    }),
  ),
  METRICS_TOKEN: Type.Optional(
    Type.String({
      minLength: 16,
      pattern: "^[A-Za-z0-9._~+/=-]+$",
      description: "When set, `/metrics` demands it as `Authorization: Bearer …`; 16 characters or more.",
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({
      pattern: "^https?://[^\\s?#]+$",
      description:
        "Where traces are sent by OTLP over HTTP, such as `http://127.0.0.1:4318`. Unset: nothing is traced. `OTEL_EXPORTER_OTLP_HEADERS` and the other variables of the exporter apply.",
    }),
  ),
  OTEL_SERVICE_NAME: Type.String({ default: "chat", description: "What the server is called in traces." }),
  OTEL_TRACES_SAMPLER_ARG: Type.Number({
    default: 1,
    minimum: 0,
    maximum: 1,
    description: "Which share of all requests and frames is traced; `0.01` is one in a hundred.",
  }),
  OTEL_BSP_SCHEDULE_DELAY: Type.Integer({
    default: 5_000,
    minimum: 1,
    maximum: 60_000,
    description: "How often traces are sent, in milliseconds.",
  }),
  LOG_LEVEL: Type.Union(
    LEVELS.map((level) => Type.Literal(level)),
    {
      default: "info",
      description: "`debug` adds a line per request. SIGUSR2 switches it on and off while the server runs.",
    },
  ),
});

/** What the rest of the program sees: the settings with derived values. */
export interface Config {
  host: string;
  port: number;
  workers: number;
  databaseUrl: string | undefined;
  dataDir: string | undefined;
  jwtSecret: string | undefined;
  jwtSecretPrevious: string | undefined;
  /** In seconds, as is the age. */
  tokenTtl: number;
  sessionMaxAge: number;
  addressDays: number;
  auditDays: number;
  registration: RegistrationMode;
  registrationChallenge: ChallengeMode;
  passwordMinLength: number;
  allowsCommonPasswords: boolean;
  tokenIssuers: TokenIssuer[];
  oidcProviders: OidcProvider[];
  corsOrigins: string[];
  trustProxy: number;
  rateLimits: boolean;
  socketsPerUser: number;
  addsPerHour: number;
  drainSeconds: number;
  search: boolean;
  databasePool: number;
  busUrl: string | undefined;
  /** The path of a file. */
  busCredentials: string | undefined;
  busPrefix: string;
  nodeName: string;
  /** The directory of files where there is no bucket. */
  filesDir: string;
  filesUrl: string | undefined;
  /** In bytes, as is the quota. */
  fileMaxSize: number;
  fileQuota: number;
  fileCheckUrl: string | undefined;
  smtpUrl: string | undefined;
  mailFrom: string;
  /** Without a slash at the end. */
  publicUrl: string | undefined;
  /** As a URI. */
  securityContact: string | undefined;
  metricsToken: string | undefined;
  logLevel: (typeof LEVELS)[number];
  /** Null: nothing is traced. Where to, the exporter reads itself. */
  tracing: { serviceName: string; ratio: number; delayMs: number } | null;
  /** How long (ms) a lock of somebody else's is waited for, where it is not the usual time: for tests, not a setting. */
  lockTimeoutMs?: number;
  /** How long (ms) a message or a change waits for the database, where it is not the usual time: for tests, not a setting. */
  queueTimeoutMs?: number;
}

// Ten years; a session for life is not worth dates that no longer fit.
const LONGEST_SESSION = 10 * 365 * 86400;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86400 } as const;

// (TypeBox's own conversion would take `80.5`, `1e3` and `true` for integers.)
const NUMERALS: Record<string, RegExp> = { integer: /^\d+$/, number: /^\d*\.?\d+$/ };

/** Reads the settings; throws a StartupError that names the first wrong one and what was expected. Empty counts as unset. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(Settings.properties as TProperties)) {
    const value = env[name]?.trim();
    if (value) given[name] = NUMERALS[schema.type as string]?.test(value) ? Number(value) : value;
  }
  const settings = Value.Default(Settings, given);
  for (const wrong of Value.Errors(Settings, settings)) {
    const name = wrong.path.slice(1);
    throw new StartupError(`${name} is not valid: expected ${EXPECTED[name] ?? wrong.message}.`);
  }
  const s = settings as Static<typeof Settings>;
  if (s.DATABASE_URL && !s.JWT_SECRET) {
    throw new StartupError(
      "JWT_SECRET is required together with DATABASE_URL: set it to 32 random characters or more.",
    );
  }
  if (s.BUS_URL) {
    const { user, token } = parseBusUrl(s.BUS_URL);
    if (!s.DATABASE_URL && s.WORKERS === 1) {
      throw new StartupError(
        "BUS_URL needs DATABASE_URL, or WORKERS above 1: a server on a database of its own has no others to exchange events with.",
      );
    }
    if (s.BUS_CREDENTIALS && (user ?? token) !== undefined) {
      throw new StartupError("BUS_CREDENTIALS takes the place of the user or token in BUS_URL: leave one of them out.");
    }
  } else if (s.BUS_CREDENTIALS) throw new StartupError("BUS_CREDENTIALS needs BUS_URL.");
  if (s.SMTP_URL && !s.PUBLIC_URL) {
    throw new StartupError("PUBLIC_URL is required together with SMTP_URL: links in mails begin with it.");
  }
  if (s.OIDC_PROVIDERS && !s.PUBLIC_URL) {
    throw new StartupError("PUBLIC_URL is required together with OIDC_PROVIDERS: providers send browsers back there.");
  }
  if (s.FILES_URL) parseFilesUrl(s.FILES_URL);
  const [tokenTtl, sessionMaxAge] = (["TOKEN_TTL", "SESSION_MAX_AGE"] as const).map((name) => {
    const seconds = Number(s[name].slice(0, -1)) * SECONDS[s[name].slice(-1) as keyof typeof SECONDS];
    if (seconds > LONGEST_SESSION) throw new StartupError(`${name} is not valid: expected ${EXPECTED[name]}.`);
    return seconds;
  }) as [number, number];
  return {
    host: s.HOST,
    port: s.PORT,
    workers: s.WORKERS,
    databaseUrl: s.DATABASE_URL,
    dataDir: s.DATA_DIR,
    jwtSecret: s.JWT_SECRET,
    jwtSecretPrevious: s.JWT_SECRET_PREVIOUS,
    tokenTtl,
    sessionMaxAge,
    addressDays: s.ADDRESS_DAYS,
    auditDays: s.AUDIT_DAYS,
    registration: s.REGISTRATION,
    registrationChallenge: s.REGISTRATION_CHALLENGE,
    passwordMinLength: s.PASSWORD_MIN_LENGTH,
    allowsCommonPasswords: s.COMMON_PASSWORDS === "allow",
    tokenIssuers: s.TOKEN_ISSUERS === undefined ? [] : parseTokenIssuers(s.TOKEN_ISSUERS),
    oidcProviders: s.OIDC_PROVIDERS === undefined ? [] : parseOidcProviders(s.OIDC_PROVIDERS),
    corsOrigins: s.CORS_ORIGINS ? s.CORS_ORIGINS.split(",").map((origin) => normalOrigin(origin.trim())) : [],
    trustProxy: s.TRUST_PROXY,
    rateLimits: s.RATE_LIMITS === "on",
    socketsPerUser: s.SOCKETS_PER_USER,
    addsPerHour: s.ADDS_PER_HOUR,
    drainSeconds: s.DRAIN_SECONDS,
    search: s.SEARCH === "on",
    databasePool: s.DATABASE_POOL,
    busUrl: s.BUS_URL,
    busCredentials: s.BUS_CREDENTIALS,
    busPrefix: s.BUS_PREFIX,
    nodeName: s.NODE_NAME ?? hostname(),
    filesDir: join(s.DATA_DIR ?? "data", "files"),
    filesUrl: s.FILES_URL,
    fileMaxSize: toBytes(s.FILE_MAX_SIZE),
    fileQuota: toBytes(s.FILE_QUOTA),
    fileCheckUrl: s.FILE_CHECK_URL,
    smtpUrl: s.SMTP_URL,
    mailFrom: s.MAIL_FROM,
    publicUrl: s.PUBLIC_URL?.replace(/\/+$/, ""),
    securityContact: s.SECURITY_CONTACT?.replace(/^(?!mailto:|tel:|https:)/, "mailto:"),
    metricsToken: s.METRICS_TOKEN,
    logLevel: s.LOG_LEVEL,
    tracing:
      s.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : {
            serviceName: s.OTEL_SERVICE_NAME,
            ratio: s.OTEL_TRACES_SAMPLER_ARG,
            delayMs: s.OTEL_BSP_SCHEDULE_DELAY,
          },
  };
}

/** Of `100M` the bytes. */
const toBytes = (size: string) => Number(size.slice(0, -1)) * 1024 ** ("KMGT".indexOf(size.slice(-1)) + 1);

/** An origin as browsers spell it: in lower case and without the scheme's own port. */
const normalOrigin = (origin: string) => parseOrigin(origin)?.origin ?? origin;

const DURATION = "a number and a unit, such as 45m, 12h or 30d, ten years at most";

const EXPECTED: Record<string, string> = {
  PORT: "a whole number from 0 to 65535",
  WORKERS: "a whole number from 1 to 64",
  DATABASE_URL: "an address such as postgres://user:password@host:5432/name",
  JWT_SECRET: "32 characters or more",
  JWT_SECRET_PREVIOUS: "32 characters or more",
  TOKEN_TTL: DURATION,
  SESSION_MAX_AGE: DURATION,
  ADDRESS_DAYS: "a whole number from 1 to 3650",
  AUDIT_DAYS: "a whole number from 30 to 3650",
  REGISTRATION: `one of ${REGISTRATION_MODES.join(", ")}`,
  REGISTRATION_CHALLENGE: `one of ${CHALLENGE_MODES.join(", ")}`,
  PASSWORD_MIN_LENGTH: "a whole number from 6 to 64",
  COMMON_PASSWORDS: "refuse or allow",
  CORS_ORIGINS: "origins such as https://chat.example.org, separated by commas and without a path, or *",
  TRUST_PROXY: "the number of reverse proxies in front, 0 to 10",
  RATE_LIMITS: "on or off",
  SOCKETS_PER_USER: "a whole number from 1 to 1000",
  ADDS_PER_HOUR: "a whole number from 1 to 10000",
  DRAIN_SECONDS: "a whole number from 0 to 300",
  SEARCH: "on or off",
  DATABASE_POOL: "a whole number from 3 to 200",
  BUS_URL: BUS_URL_EXPECTED,
  BUS_PREFIX: "1 to 32 letters, digits or signs of _-",
  NODE_NAME: "100 characters at most",
  FILES_URL: FILES_URL_EXPECTED,
  FILE_MAX_SIZE: "a number and a unit, such as 500K, 100M or 2G",
  FILE_QUOTA: "a number and a unit, such as 500M, 5G or 1T",
  FILE_CHECK_URL: "an address such as https://checker.example.org/files or clamd://127.0.0.1:3310",
  SMTP_URL: "an address such as smtp://user:password@host:587 or smtps://host",
  MAIL_FROM: "an address such as Chat <chat@example.org>",
  PUBLIC_URL: "an address such as https://chat.example.org",
  SECURITY_CONTACT: "an address such as security@example.org or https://example.org/security",
  OTEL_EXPORTER_OTLP_ENDPOINT: "an address such as http://127.0.0.1:4318",
  OTEL_TRACES_SAMPLER_ARG: "a number from 0 to 1, such as 0.01",
  OTEL_BSP_SCHEDULE_DELAY: "a whole number from 1 to 60000",
  METRICS_TOKEN: "16 letters, digits or signs of ._~+/=- or more",
  LOG_LEVEL: `one of ${LEVELS.join(", ")}`,
};
