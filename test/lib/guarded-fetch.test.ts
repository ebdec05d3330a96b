// Reading what stands at an address that somebody else has named: over TLS with a real certificate, at the address that was checked, and
// nowhere else.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { guardedFetch, type Resolver } from "../../src/lib/guarded-fetch.ts";
import { signedCertificate } from "../support/certificates.ts";
import { PATIENCE_MS } from "../support/patience.ts";

const HOST = "keys.example.org";
const LOOPBACK = [{ address: "127.0.0.1", family: 4 }];
const OPTIONS = { allowsPrivate: true, timeoutMs: PATIENCE_MS, maxBytes: 1_000 };

let ca: string;
let server: Bun.Server<undefined>;
/** The headers of each. */
let requests: Record<string, string>[] = [];
beforeAll(async () => {
  const { ca: authority, ...tls } = await signedCertificate(HOST);
  ca = authority;
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls,
    fetch(request) {
      requests.push(Object.fromEntries(request.headers));
      const { pathname } = new URL(request.url);
      if (pathname === "/elsewhere") return Response.redirect("/keys", 302);
      if (pathname === "/large") return new Response("x".repeat(1_001));
      if (pathname === "/endless")
        return new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(500)),
          }),
        );
      if (pathname === "/packed")
        return new Response(Bun.gzipSync(new Uint8Array(1_000_000)), { headers: { "content-encoding": "gzip" } });
      if (pathname === "/none") return new Response("no", { status: 404 });
      return new Response("the keys");
    },
  });
});
afterAll(() => server.stop(true));

const read = (path: string, resolver: Resolver = {}, options: object = {}, host = HOST) =>
  guardedFetch(
    new URL(`https://${host}:${server.port}${path}`),
    { ...OPTIONS, ...options },
    { ca, resolve: async () => LOOPBACK, ...resolver },
  );

/** Nothing has reached the server. */
async function expectUnasked(work: () => Promise<unknown>, why: RegExp) {
  requests = [];
  await expect(work()).rejects.toThrow(why);
  expect(requests).toEqual([]);
}

describe("over TLS it reads", () => {
  test("what a server shows whose certificate is of its name", async () => {
    requests = [];
    expect(String(await read("/keys"))).toBe("the keys");
    expect(requests[0]!.host).toBe(`${HOST}:${server.port}`);
    expect(requests[0]).not.toHaveProperty("authorization");
  });

  test.each([
    ["of another name", () => read("/keys", {}, {}, "other.example.org")],
    ["of an authority that nobody knows", async () => read("/keys", { ca: (await signedCertificate(HOST)).ca })],
  ])("nothing with a certificate %s", (_whose, work) => expectUnasked(work, /certificate|verif|altname|hostname/i));
});

describe("by the address that a name has, it refuses", () => {
  test.each([
    ["a private one", ["10.0.0.1"]],
    ["this machine", ["127.0.0.1"]],
    ["this machine in IPv6", ["::1"]],
    ["a private one in IPv6's clothes", ["::ffff:192.168.1.1"]],
    ["where clouds keep secrets", ["169.254.169.254"]],
    ["a public one beside a private one", ["93.184.216.34", "10.0.0.1"]],
    ["no address at all", []],
  ])("%s", (_what, addresses) =>
    expectUnasked(
      () =>
        read(
          "/keys",
          { resolve: async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })) },
          { allowsPrivate: false },
        ),
      /not a public one/,
    ),
  );

  test("what clouds keep secrets at even where private ones are allowed", () =>
    expectUnasked(
      () => read("/keys", { resolve: async () => [{ address: "169.254.169.254", family: 4 }] }),
      /not a public one/,
    ));

  test.each(["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])(
    "%s, written in place of a name",
    (host) => expectUnasked(() => read("/keys", {}, { allowsPrivate: false }, host), /not a public one/),
  );

  test("a name that changes its address after it was checked: it is resolved once, and the connection goes there", async () => {
    let asked = 0;
    // The second answer is where nothing listens.
    const resolve = async () => (++asked === 1 ? LOOPBACK : [{ address: "127.0.0.2", family: 4 }]);
    expect(String(await read("/keys", { resolve }))).toBe("the keys");
    expect(asked).toBe(1);
  });
});

describe("it throws for", () => {
  test.each([
    ["a redirect, which it does not follow", "/elsewhere", /status 302/],
    ["another status", "/none", /status 404/],
    ["more than it was to read", "/large", /larger than 1000/],
    ["what has no end", "/endless", /larger than 1000/],
    ["what is small only while it is packed", "/packed", /larger than 1000/],
  ])("%s", async (_what, path, why) => {
    requests = [];
    await expect(read(path)).rejects.toThrow(why);
    expect(requests).toHaveLength(1);
  });

  test("a server that does not respond in time", async () => {
    const silent = Bun.listen({ port: 0, hostname: "127.0.0.1", socket: { data() {} } });
    const url = new URL(`http://127.0.0.1:${silent.port}/`);
    await expect(guardedFetch(url, { ...OPTIONS, timeoutMs: 50 })).rejects.toThrow(/time|abort/i);
    silent.stop(true);
  });
});
