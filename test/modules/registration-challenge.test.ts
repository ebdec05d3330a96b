// Proof of work for registrations: asked for always or during floods, single-use over all servers, and of no more than one form.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { solveChallenge as solveAsOthers } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import { newChallenge } from "../../src/modules/registration/policy.ts";
import type { RegistrationChallenge } from "../../src/protocol/registration.ts";
import { signUp } from "../../src/sdk/index.ts";
import { solveChallenge } from "../../src/sdk/proof-of-work.ts";
import { startTwo, type TwoServers } from "../cluster/two-servers.ts";
import { expectRefusal, newName, PASSWORD, startServer, type TestServer } from "../support/harness.ts";

let off: TestServer;
let always: TwoServers;
beforeAll(async () => {
  off = await startServer();
  always = await startTwo("memory", { registrationChallenge: "always", jwtSecret: "c".repeat(32) });
});
afterAll(async () => {
  await always.close();
  await off.close();
});

function register(server: TestServer, proof?: string, username = newName()) {
  const account = { username, email: `${username}@example.com`, password: PASSWORD };
  return server.call("POST", "/register", proof === undefined ? account : { ...account, proof });
}
const challengeOf = async (server: TestServer): Promise<RegistrationChallenge> =>
  (await server.call("GET", "/registration/challenge")).body.data;
const encode = (proof: unknown) => Buffer.from(JSON.stringify(proof)).toString("base64");
const decode = (proof: string) => JSON.parse(Buffer.from(proof, "base64").toString());

describe("where a challenge is always asked for", () => {
  test("the SDK solves it by itself", async () => {
    const username = newName();
    const account = { url: always.a.url, username, email: `${username}@example.com`, password: PASSWORD };
    expect(await signUp(account)).toMatchObject({ username });
  });

  test("a proof is good for one registration, on whichever server, and one server's challenge on the other", async () => {
    const proof = await solveChallenge(await challengeOf(always.a));
    const answers = await Promise.all([always.b, always.a, always.b].map((server) => register(server, proof)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 403, 403]);
    expectRefusal(await register(always.a, proof), 403, "proof_required");
  });

  test("other solvers of ALTCHA solve it too", async () => {
    const challenge = await challengeOf(always.a);
    const solution = await solveAsOthers({ challenge, deriveKey });
    expect((await register(always.a, encode({ challenge, solution }))).status).toBe(201);
  });

  test("no proof, a wrong one, an old one and one of an easier challenge are refused", async () => {
    const challenge = await challengeOf(always.a);
    const { solution } = decode(await solveChallenge(challenge));
    const { parameters } = challenge;
    const stranger = await newChallenge({ ...always.a.core, config: { ...always.a.core.config, jwtSecret: "other" } });
    const old = await newChallenge(always.a.core, Date.now() - 301_000);
    for (const proof of [
      undefined,
      "",
      "no JSON",
      encode(null),
      encode({}),
      encode({ challenge, solution: null }),
      encode({ challenge, solution: { ...solution, counter: solution.counter + 1 } }),
      encode({ challenge, solution: { ...solution, derivedKey: "00" } }),
      encode({ challenge: { parameters: { ...parameters, cost: 1 }, signature: challenge.signature }, solution }),
      encode({ challenge: { parameters: { ...parameters, keyPrefix: "" }, signature: challenge.signature }, solution }),
      await solveChallenge(stranger),
      await solveChallenge(old),
    ]) {
      expectRefusal(await register(always.a, proof), 403, "proof_required");
    }
    // What was refused has not used up the right one.
    expect((await register(always.a, encode({ challenge, solution }))).status).toBe(201);
  });
});

test("during a flood it is asked for after thirty registrations a minute from everywhere, and not before", async () => {
  const server = await startServer({ registrationChallenge: "floods", rateLimits: true, trustProxy: 1 });
  const { username } = await server.newUser();
  const account = { username, email: "taken@example.com", password: PASSWORD };
  for (let i = 0; i < 30; i++) {
    const headers = { "x-forwarded-for": `203.0.113.${i}` };
    expectRefusal(await server.call("POST", "/register", account, headers), 409, "username_taken");
  }
  expectRefusal(await register(server), 403, "proof_required");
  const name = newName();
  await signUp({ url: server.url, username: name, email: `${name}@example.com`, password: PASSWORD });
  await server.close();
});

test("where none is asked for, none is given, and one that is sent is ignored", async () => {
  expectRefusal(await off.call("GET", "/registration/challenge"), 404, "not_found");
  expect((await register(off, "whatever")).status).toBe(201);
});
