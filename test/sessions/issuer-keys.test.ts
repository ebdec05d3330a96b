// The keys of an issuer: read when they are needed, kept while it is away, and asked for at most once a minute.
import { afterEach, expect, test } from "bun:test";
import { jwtVerify } from "jose";
import { createLogger } from "../../src/lib/log.ts";
import { RemoteKeys } from "../../src/sessions/issuer-keys.ts";
import { startIssuer, type TestIssuer } from "../support/issuer.ts";

const MINUTE = 60_000;
let issuer: TestIssuer | undefined;
afterEach(() => issuer?.close());

async function withKeys() {
  issuer = await startIssuer();
  const clock = { now: 0 };
  const keys = new RemoteKeys({
    name: "acme",
    url: new URL(issuer.url),
    allowsPrivate: true,
    log: createLogger("silent"),
    now: () => clock.now,
  });
  const verify = async (kid: string, subject = "a") => {
    const token = await issuer!.token(subject, {}, kid);
    return jwtVerify(token, keys.find, { algorithms: ["ES256"] }).then(
      () => "good",
      (error: Error & { code: string }) => error.code,
    );
  };
  return { issuer, clock, verify };
}

test("a new key is found once a token names it, and the former one goes on while it is published", async () => {
  const { issuer, clock, verify } = await withKeys();
  expect(await verify("first")).toBe("good");
  await issuer.addKey("second");
  clock.now += MINUTE;
  expect(await verify("second")).toBe("good");
  expect(await verify("first")).toBe("good");
  expect(issuer.state.requests).toBe(2);
});

test("a flood of unknown ids asks the issuer once a minute", async () => {
  const { issuer, clock, verify } = await withKeys();
  expect(await verify("first")).toBe("good");
  await issuer.addKey("unpublished", false);
  clock.now += MINUTE;
  const answers = await Promise.all(Array.from({ length: 50 }, () => verify("unpublished")));
  expect(new Set(answers)).toEqual(new Set(["ERR_JWKS_NO_MATCHING_KEY"]));
  expect(issuer.state.requests).toBe(2);
  clock.now += MINUTE - 1;
  expect(await verify("unpublished")).toBe("ERR_JWKS_NO_MATCHING_KEY");
  expect(issuer.state.requests).toBe(2);
  expect(await verify("first")).toBe("good");
});

test("a key that is published no longer is refused within minutes, without anybody waiting for the issuer", async () => {
  const { issuer, clock, verify } = await withKeys();
  await issuer.addKey("second");
  expect(await verify("first")).toBe("good");
  issuer.published.delete("first");
  clock.now += 11 * MINUTE;
  // This one starts the reading, in the background.
  expect(await verify("first")).toBe("good");
  while ((await verify("first")) === "good") await Bun.sleep(1);
  expect(await verify("first")).toBe("ERR_JWKS_NO_MATCHING_KEY");
  expect(await verify("second")).toBe("good");
});

const FAULTS: [string, () => Response | Promise<Response>][] = [
  ["fails", () => new Response("no", { status: 500 })],
  ["answers with something else", () => new Response("<html>")],
  ["answers with no set of keys", () => Response.json({ keys: "none" })],
  ["answers without end", () => new Response(new Uint8Array(300 * 1024))],
  ["sends elsewhere", () => Response.redirect("http://127.0.0.1:1/", 302)],
];
test.each(FAULTS)("an issuer that %s costs no key that is known", async (_what, respond) => {
  const { issuer, clock, verify } = await withKeys();
  expect(await verify("first")).toBe("good");
  issuer.state.respond = respond;
  await issuer.addKey("second");
  clock.now += 11 * MINUTE;
  expect(await verify("second")).toBe("unavailable");
  expect(await verify("first")).toBe("good");
  issuer.state.respond = null;
  expect(await verify("second")).toBe("unavailable");
  clock.now += MINUTE;
  expect(await verify("second")).toBe("good");
});
