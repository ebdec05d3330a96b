// What the operator is told when the server can't start: one sentence, an exit code of 1, and no secret.
import { afterAll, describe, expect, test } from "bun:test";
import { openDatabase } from "../src/db/client.ts";
import { newDatabase } from "./support/harness.ts";
import { databaseSettings, startMain } from "./support/main-process.ts";

const SECRET = "a-private-secret-of-32-characters-and-more";
const URL = "postgres://chat:a-private-password@db.example:5432/chat";

describe("a server that can't start", () => {
  const cleanups: (() => unknown)[] = [];
  afterAll(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  /** Says why in one sentence, ends with 1, and shows neither a stack nor a secret. */
  async function expectRefusal(settings: Record<string, string>, sentence: RegExp) {
    const { code, stdout, stderr } = await startMain({ JWT_SECRET: SECRET, ...settings }).ended();
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^[^\n]+\.\n$/);
    expect(stdout).toBe("");
    expect(code).toBe(1);
    for (const secret of ["private", settings.PGPASSWORD]) if (secret) expect(stderr).not.toContain(secret);
  }

  const freshDatabase = async () => {
    const database = await newDatabase();
    cleanups.push(() => database.drop());
    return database.target;
  };

  test("because its port is in use names the port", async () => {
    const neighbour = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    cleanups.push(() => neighbour.stop(true));
    const settings = { ...databaseSettings(await freshDatabase()), PORT: String(neighbour.port) };
    await expectRefusal(settings, new RegExp(`^Port ${neighbour.port} is in use: `));
  });

  test("because its address is not this machine's names the address", async () => {
    const settings = { ...databaseSettings(await freshDatabase()), HOST: "192.0.2.1", PORT: "8000" };
    await expectRefusal(settings, /^The server can't listen on 192\.0\.2\.1:8000: HOST is no address /);
  });

  test.each([
    ["nothing listens", "postgres://chat:a-private-password@127.0.0.1:1/chat", /nothing listens at the address/],
    ["there is no such host", "postgres://chat:a-private-password@db.invalid/chat", /host named in DATABASE_URL/],
    ["the port is none", "postgres://chat:a-private-password@127.0.0.1:nowhere/chat", /^DATABASE_URL is not valid: /],
    ["the password is not encoded", "postgres://chat:a%private@127.0.0.1:1/chat", /^DATABASE_URL is not valid: /],
  ])("because where DATABASE_URL points %s", async (_why, url, sentence) => {
    await expectRefusal({ DATABASE_URL: url }, sentence);
  });

  test("because there is no such database", async () => {
    await expectRefusal(databaseSettings(await freshDatabase(), "no_such_database"), /does not exist\.$/m);
  });

  test("because a newer version has used the database that excludes this one, which leaves it as it is", async () => {
    const target = await freshDatabase();
    const { sql } = openDatabase(target);
    cleanups.unshift(() => sql.end());
    const newer = Date.UTC(2999, 0, 1);
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('from the future', ${newer})`;
    await sql`update compatibility set oldest_migration = ${newer}`;
    const migrations = () => sql`select hash, created_at from drizzle.__drizzle_migrations order by id`;
    const before = [...(await migrations())];
    await expectRefusal(databaseSettings(target), /^The database was last used by a newer version/);
    expect([...(await migrations())]).toEqual(before);
  });

  test.each([
    [{ PORT: "a-private-port" }, /^PORT is not valid: /],
    [{ JWT_SECRET: "a-private-secret" }, /^JWT_SECRET is not valid: /],
    [{ DATABASE_URL: URL, JWT_SECRET: "" }, /^JWT_SECRET is required together with DATABASE_URL: /],
    [{ DATA_DIR: "/dev/null/data" }, /^The data directory \/dev\/null\/data can't be created \(ENOTDIR\)\.$/m],
  ])("because of a setting names it: %j", async (settings, sentence) => {
    await expectRefusal(settings, sentence);
  });
});
