// Settings: what each may be, and what is said about one that is wrong.
import { describe, expect, test } from "bun:test";
import { hostname } from "node:os";
import { readConfig } from "../src/config.ts";
import { parseBusUrl } from "../src/lib/bus-address.ts";
import { StartupError } from "../src/lib/startup-error.ts";

const SECRET = "a-private-secret-of-32-characters-and-more";
const URL = "postgres://chat:a-private-password@db.example:5432/chat";

describe("settings", () => {
  test("all have a default but those that say where the data is", () => {
    expect(readConfig({})).toEqual({
      host: "127.0.0.1",
      port: 8000,
      workers: 1,
      databaseUrl: undefined,
      dataDir: undefined,
      jwtSecret: undefined,
      jwtSecretPrevious: undefined,
      tokenTtl: 30 * 86_400,
      sessionMaxAge: 365 * 86_400,
      addressDays: 90,
      auditDays: 365,
      registration: "open",
      registrationChallenge: "off",
      passwordMinLength: 6,
      allowsCommonPasswords: false,
      tokenIssuers: [],
      oidcProviders: [],
      corsOrigins: [],
      trustProxy: 0,
      rateLimits: true,
      socketsPerUser: 20,
      addsPerHour: 30,
      drainSeconds: 5,
      search: true,
      databasePool: 9,
      busUrl: undefined,
      busCredentials: undefined,
      busPrefix: "chat",
      nodeName: hostname(),
      filesDir: "data/files",
      filesUrl: undefined,
      fileMaxSize: 100 * 1024 ** 2,
      fileQuota: 5 * 1024 ** 3,
      fileCheckUrl: undefined,
      smtpUrl: undefined,
      mailFrom: "Chat <chat@localhost>",
      publicUrl: undefined,
      securityContact: undefined,
      metricsToken: undefined,
      logLevel: "info",
      tracing: null,
    });
  });

  test("that are empty or white space count as unset, and others in the environment as nothing", () => {
    const names = [
      "HOST",
      "PORT",
      "WORKERS",
      "DATABASE_URL",
      "DATA_DIR",
      "JWT_SECRET",
      "TOKEN_TTL",
      "CORS_ORIGINS",
      "TRUST_PROXY",
      "RATE_LIMITS",
      "SOCKETS_PER_USER",
      "ADDS_PER_HOUR",
      "DATABASE_POOL",
      "BUS_URL",
      "BUS_CREDENTIALS",
      "BUS_PREFIX",
      "NODE_NAME",
      "LOG_LEVEL",
    ];
    const blank = Object.fromEntries(names.map((name, i) => [name, " ".repeat(i % 3)]));
    expect(readConfig({ ...blank, port: "1", CHAT_PORT: "1", PATH: "/bin" })).toEqual(readConfig({}));
  });

  test.each([
    ["HOST", "0.0.0.0", { host: "0.0.0.0" }],
    ["HOST", "::", { host: "::" }],
    ["PORT", "0", { port: 0 }],
    ["PORT", " 65535 ", { port: 65535 }],
    ["WORKERS", "64", { workers: 64 }],
    ["DATA_DIR", "/var/lib/chat", { dataDir: "/var/lib/chat", filesDir: "/var/lib/chat/files" }],
    ["DATA_DIR", "123", { dataDir: "123", filesDir: "123/files" }],
    ["JWT_SECRET", "1".repeat(32), { jwtSecret: "1".repeat(32) }],
    ["TOKEN_TTL", "45s", { tokenTtl: 45 }],
    ["TOKEN_TTL", "90m", { tokenTtl: 5_400 }],
    ["TOKEN_TTL", "12h", { tokenTtl: 43_200 }],
    ["TOKEN_TTL", "3650d", { tokenTtl: 3650 * 86_400 }],
    ["JWT_SECRET_PREVIOUS", "1".repeat(32), { jwtSecretPrevious: "1".repeat(32) }],
    ["SESSION_MAX_AGE", "24h", { sessionMaxAge: 86_400 }],
    ["MAIL_FROM", "Team <team@example.org>", { mailFrom: "Team <team@example.org>" }],
    ["PUBLIC_URL", "https://chat.example.org/chat/", { publicUrl: "https://chat.example.org/chat" }],
    ["ADDRESS_DAYS", "7", { addressDays: 7 }],
    ["AUDIT_DAYS", "30", { auditDays: 30 }],
    ["REGISTRATION", "invite", { registration: "invite" as const }],
    ["REGISTRATION_CHALLENGE", "floods", { registrationChallenge: "floods" as const }],
    ["PASSWORD_MIN_LENGTH", "12", { passwordMinLength: 12 }],
    ["COMMON_PASSWORDS", "allow", { allowsCommonPasswords: true }],
    ["CORS_ORIGINS", "*", { corsOrigins: ["*"] }],
    [
      "CORS_ORIGINS",
      "https://a.example, http://localhost:5173",
      { corsOrigins: ["https://a.example", "http://localhost:5173"] },
    ],
    ["TRUST_PROXY", "2", { trustProxy: 2 }],
    ["FILE_MAX_SIZE", "500K", { fileMaxSize: 512_000 }],
    ["FILE_QUOTA", "1T", { fileQuota: 1024 ** 4 }],
    ["FILES_URL", "s3://bucket", { filesUrl: "s3://bucket" }],
    ["FILE_CHECK_URL", "clamd://127.0.0.1", { fileCheckUrl: "clamd://127.0.0.1" }],
    ["RATE_LIMITS", "off", { rateLimits: false }],
    ["RATE_LIMITS", "on", { rateLimits: true }],
    ["SOCKETS_PER_USER", "5", { socketsPerUser: 5 }],
    ["DRAIN_SECONDS", "0", { drainSeconds: 0 }],
    ["DATABASE_POOL", "20", { databasePool: 20 }],
    ["BUS_PREFIX", "team_2-a", { busPrefix: "team_2-a" }],
    ["NODE_NAME", "chat 1", { nodeName: "chat 1" }],
    ["SECURITY_CONTACT", "security@example.org", { securityContact: "mailto:security@example.org" }],
    ["SECURITY_CONTACT", "https://example.org/security", { securityContact: "https://example.org/security" }],
    ["METRICS_TOKEN", "scrape-0123456789", { metricsToken: "scrape-0123456789" }],
    ["CORS_ORIGINS", "https://Chat.example.org:443", { corsOrigins: ["https://chat.example.org"] }],
    ...(["debug", "info", "warn", "error", "silent"] as const).map(
      (level) => ["LOG_LEVEL", level, { logLevel: level }] as const,
    ),
  ])("%s=%s is taken", (name, value, expected) => {
    expect(readConfig({ [name]: value })).toEqual({ ...readConfig({}), ...expected });
  });

  test("take the address of a collector of traces, and the share of them", () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:4318";
    const tracing = { serviceName: "chat", ratio: 1, delayMs: 5_000 };
    for (const [share, ratio] of [
      ["", 1],
      ["0", 0],
      ["1", 1],
      ["0.01", 0.01],
      [".5", 0.5],
    ] as const) {
      const read = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG: share });
      expect(read.tracing).toEqual({ ...tracing, ratio });
    }
  });

  test("take a database together with a secret", () => {
    for (const url of [URL, "postgresql://db/chat", "postgres:///chat"]) {
      expect(readConfig({ DATABASE_URL: url, JWT_SECRET: SECRET })).toMatchObject({
        databaseUrl: url,
        jwtSecret: SECRET,
      });
    }
  });

  test.each([
    ["PORT", ["http", "-1", "65536", "80.5", "1e3", "0x50", "true", "8000 9000"], "a whole number from 0 to 65535"],
    ["WORKERS", ["0", "65", "-1", "1.5", "auto"], "a whole number from 1 to 64"],
    [
      "DATABASE_URL",
      ["mysql://db/chat", "db.example", "postgres:chat", "postgres://"],
      "postgres://user:password@host:5432/name",
    ],
    ["JWT_SECRET", ["short", "x".repeat(31)], "32 characters or more"],
    ["FILE_MAX_SIZE", ["100", "0M", "1.5G", "100MB", "-1M", "1000000M"], "a number and a unit"],
    ["FILE_QUOTA", ["5", "5g", "G"], "a number and a unit"],
    [
      "FILES_URL",
      [
        "http://bucket",
        "s3://",
        "s3://key@bucket",
        "s3://bucket?endpoint=storage",
        "s3://bucket?acl=public",
        "s3://a b",
      ],
      "s3://key:secret@bucket/folder",
    ],
    ["FILE_CHECK_URL", ["checker", "ftp://checker"], "an address such as"],
    ["TOKEN_TTL", ["30", "0d", "-1h", "1.5h", "1w", "30 d", "d", "3651d", "99999999d"], "a number and a unit"],
    [
      "CORS_ORIGINS",
      [
        "a.example",
        "https://a.example/",
        "https://a.example/path",
        "ftp://a.example",
        "*, https://a.example",
        "https://a.example,",
        "https://a b",
      ],
      "origins such as https://chat.example.org",
    ],
    ["TRUST_PROXY", ["yes", "true", "-1", "11", "1.5"], "the number of reverse proxies in front, 0 to 10"],
    ["RATE_LIMITS", ["ON", "true", "0", "none"], "on or off"],
    ["SOCKETS_PER_USER", ["0", "-1", "1.5", "1001", "many"], "a whole number from 1 to 1000"],
    ["DRAIN_SECONDS", ["-1", "1.5", "301", "5s"], "a whole number from 0 to 300"],
    ["DATABASE_POOL", ["0", "2", "201", "1.5", "many"], "a whole number from 3 to 200"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", ["127.0.0.1:4318", "grpc://collector"], "an address such as"],
    ["OTEL_TRACES_SAMPLER_ARG", ["1%", "1.1", "-0.1", "1e-2", "0x1", "all"], "a number from 0 to 1, such as 0.01"],
    ["OTEL_BSP_SCHEDULE_DELAY", ["0", "1.5", "60001", "5s"], "a whole number from 1 to 60000"],
    ["BUS_PREFIX", ["a.b", "a b", ">", "*", "x".repeat(33)], "1 to 32 letters, digits or signs of _-"],
    ["NODE_NAME", ["x".repeat(101)], "100 characters at most"],
    ["LOG_LEVEL", ["INFO", "verbose", "trace", "3"], "one of debug, info, warn, error, silent"],
  ])("a wrong %s is named, with what was expected and without what was given", (name, values, expected) => {
    for (const value of values) {
      const read = () => readConfig({ [name]: value });
      expect(read).toThrow(StartupError);
      expect(read).toThrow(expected);
      expect(read).toThrow(new RegExp(`^${name} is not valid: expected [^\\n]+\\.$`));
    }
  });

  test("name no secret when they are wrong", () => {
    for (const env of [{ JWT_SECRET: "a-private-secret" }, { DATABASE_URL: "mysql://chat:a-private-password@db" }]) {
      expect(() => readConfig(env)).toThrow(/^(?!.*private)/);
    }
  });

  test("want a secret of one's own with a database of one's own", () => {
    expect(() => readConfig({ DATABASE_URL: URL })).toThrow(
      /^JWT_SECRET is required together with DATABASE_URL[^\n]+\.$/,
    );
  });

  test.each([
    ["nats://bus", { servers: ["bus:4222"], isTls: false }],
    ["tls://a:1,b", { servers: ["a:1", "b:4222"], isTls: true }],
    ["nats://me:p%40ss@a, nats://b", { servers: ["a:4222", "b:4222"], isTls: false, user: "me", password: "p@ss" }],
    ["nats://to%2Fken@[::1]:4222/", { servers: ["[::1]:4222"], isTls: false, token: "to/ken" }],
  ])("take the bus %s", (url, address) => {
    expect(readConfig({ DATABASE_URL: URL, JWT_SECRET: SECRET, BUS_URL: url }).busUrl).toBe(url);
    expect(parseBusUrl(url)).toEqual(address);
  });

  test.each([
    "redis://chat:private@a",
    "nats://",
    "nats://chat:private@",
    "nats://a,,b",
    "nats://chat:pri/vate@a",
    "nats://chat:private:more@a",
    "nats://chat:%private@a",
    "nats://private:@a",
    "nats://:private@a",
    "nats://a:0",
    "nats://a:65536",
    "nats://a,tls://b",
    "nats://chat:private@a,nats://other:private@b",
  ])("refuse the bus %s with a sentence that repeats no secret", (url) => {
    const read = () => readConfig({ DATABASE_URL: URL, JWT_SECRET: SECRET, BUS_URL: url });
    expect(read).toThrow(StartupError);
    expect(read).toThrow(/^BUS_URL is not valid: (?!.*(private|vate))[^\n]+\.$/);
  });

  test("want a database with a bus, and one kind of credentials", () => {
    expect(() => readConfig({ BUS_URL: "nats://a" })).toThrow(/^BUS_URL needs DATABASE_URL/);
    expect(() => readConfig({ BUS_CREDENTIALS: "/etc/chat.creds" })).toThrow("BUS_CREDENTIALS needs BUS_URL.");
    const both = {
      DATABASE_URL: URL,
      JWT_SECRET: SECRET,
      BUS_URL: "nats://token@a",
      BUS_CREDENTIALS: "/etc/chat.creds",
    };
    expect(() => readConfig(both)).toThrow(/^BUS_CREDENTIALS takes the place of the user or token in BUS_URL/);
  });
});
