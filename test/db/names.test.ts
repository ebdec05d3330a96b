// Names that an older version stored: everyone keeps their account, and nobody new can be mistaken for them.
import { expect, test } from "bun:test";
import { prepareDatabase } from "../../src/db/client.ts";
import { expectRefusal, newDatabase, PASSWORD, startServer } from "../support/harness.ts";

const OLD = ["ali", "ali\ufe0f", "\u0430li", "μάρκος", "μάρκοσ", "straße"];

test("after an update everyone logs in with the name they had, and look-alikes are refused", async () => {
  const database = await newDatabase();
  const server = await startServer({}, database.target);
  const { sql } = server.core;
  const hash = await Bun.password.hash(PASSWORD, { algorithm: "argon2id", memoryCost: 8, timeCost: 1 });
  for (const [i, username] of OLD.entries()) {
    const key = username.normalize("NFKC").toLowerCase();
    await sql`insert into users (username, username_key, email, email_key, password_hash)
      values (${username}, ${key}, ${`old${i}@example.com`}, ${`old${i}@example.com`}, ${hash})`;
  }
  await sql`insert into users (username, username_key, email, email_key, password_hash)
    select 'crowd' || n, 'crowd' || n, 'crowd' || n, 'crowd' || n, ${hash} from generate_series(1, 2500) n`;

  await prepareDatabase(database.target);

  const [left] = await sql`select count(*)::int as count from users where username_skeletons is null`;
  expect(left!.count).toBe(0);
  for (const username of OLD) {
    const { body } = await server.call("POST", "/login", { username, password: PASSWORD });
    const me = await server.call("GET", "/me", undefined, { authorization: `Bearer ${body.access_token}` });
    expect(me.body.data?.username).toBe(username);
  }
  const shouted = await server.call("POST", "/login", { username: "STRASSE", password: PASSWORD });
  expect(shouted.status).toBe(200);
  for (const [i, username] of ["AIi", "ΜΆΡΚΟΣ", "STRASSE", "crowd25OO"].entries()) {
    const again = { username, email: `new${i}@example.com`, password: PASSWORD };
    expectRefusal(await server.call("POST", "/register", again), 409, "username_taken");
  }
  await server.close();
  await database.drop();
});
