// How the client is served: what a browser may do with it, keep of it, and get in fewer bytes.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.close());

const read = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, { headers: { "accept-encoding": "identity", ...headers } });

/** The script and the style sheet that the page names. */
async function assets(): Promise<{ script: string; style: string }> {
  const page = await (await read("/")).text();
  const [, script] = /<script type="module" src="([^"]+)"/.exec(page)!;
  const [, style] = /<link rel="stylesheet" href="([^"]+)"/.exec(page)!;
  return { script: `/${script}`, style: `/${style}` };
}

test("the page may run what comes from here and nothing else", async () => {
  const { headers } = await read("/");
  expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = headers.get("content-security-policy")!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("style-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toContain("unsafe");
  expect(policy).not.toContain("http");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  // Voice messages are recorded in it, and nothing else is asked of the device; no other page may do even that.
  expect(headers.get("permissions-policy")).toContain("camera=(), ");
  expect(headers.get("permissions-policy")).toContain("microphone=(self)");
  expect((await read("/live")).headers.get("permissions-policy")).toContain("microphone=()");
});

test("the page asks each time; what its content names is kept for good", async () => {
  expect((await read("/")).headers.get("cache-control")).toBe("no-cache");
  const { script, style } = await assets();
  for (const path of [script, style]) {
    const { headers, status } = await read(path);
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toContain("immutable");
  }
});

test("who has it already is told so", async () => {
  for (const path of ["/", (await assets()).script]) {
    const { headers } = await read(path);
    const again = await read(path, { "if-none-match": headers.get("etag")! });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    expect((await read(path, { "if-none-match": '"other"' })).status).toBe(200);
  }
});

test("it comes in the best encoding that is asked for, with the same bytes in it", async () => {
  const { script } = await assets();
  const plain = await (await read(script)).bytes();
  for (const [encoding, unpack] of [
    ["br", brotliDecompressSync],
    ["gzip", gunzipSync],
  ] as const) {
    const answer = await fetch(`${server.url}${script}`, {
      headers: { "accept-encoding": encoding === "br" ? "gzip, br" : encoding },
      decompress: false,
    });
    expect(answer.headers.get("content-encoding")).toBe(encoding);
    expect(answer.headers.get("vary")?.toLowerCase()).toContain("accept-encoding");
    expect(Buffer.compare(unpack(await answer.bytes()), plain)).toBe(0);
  }
});

test("the first load is under 60 KB of compressed JavaScript", async () => {
  const { script } = await assets();
  const scripts = [script];
  let size = 0;
  // What a script imports statically is loaded with it.
  for (const path of scripts) {
    const packed = await (
      await fetch(`${server.url}${path}`, { headers: { "accept-encoding": "br" }, decompress: false })
    ).bytes();
    size += packed.byteLength;
    for (const [, name] of brotliDecompressSync(packed)
      .toString()
      .matchAll(/(?:from|import)"\.\/([^"]+)"/g))
      if (!scripts.includes(`/assets/${name}`)) scripts.push(`/assets/${name}`);
  }
  expect(size).toBeLessThan(60_000);
});

test("the theme is set by a script that blocks the page, and imports nothing", async () => {
  const page = await (await read("/")).text();
  const [, path] = /<script src="([^"]+)"><\/script>\s*<link rel="stylesheet"/.exec(page)!;
  const early = await (await read(`/${path}`)).text();
  expect(early).toContain("localStorage");
  expect(early).not.toMatch(/\b(import|export)\b/);
  expect(early.length).toBeLessThan(2_000);
});

test("what is opened only sometimes is loaded then, by scripts that are served as well", async () => {
  const { script } = await assets();
  const text = await (await read(script)).text();
  const chunks = [...text.matchAll(/import\("\.\/([^"]+)"\)/g)].map(([, name]) => name!);
  expect(chunks.length).toBeGreaterThan(3);
  // Nothing that the first one would wait for.
  expect(text).not.toMatch(/\bfrom\s*"\.\//);
  for (const name of chunks) {
    const chunk = await read(`/assets/${name}`);
    expect(chunk.status).toBe(200);
    expect(chunk.headers.get("content-type")).toContain("javascript");
    expect(chunk.headers.get("cache-control")).toContain("immutable");
  }
});

test("it can be installed: a manifest with icons that are there", async () => {
  const manifest = (await (await read("/manifest.webmanifest")).json()) as {
    start_url: string;
    icons: { src: string; sizes: string; type: string }[];
  };
  expect(manifest.start_url).toBe(".");
  for (const { src, type, sizes } of manifest.icons) {
    const icon = await read(`/${src}`);
    expect(icon.headers.get("content-type")).toContain(type);
    const bytes = Buffer.from(await icon.bytes());
    if (type === "image/png") expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  }
});

test("what asks for an icon without reading the page gets one", async () => {
  const icon = await read("/favicon.ico");
  expect(icon.status).toBe(200);
  expect(icon.headers.get("content-type")).toBe("image/png");
});

describe("an address at which nothing is", () => {
  const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

  test.each(["/nothing", "/deep/er/still", "/groups/5/nothing/", "/index.html"])(
    "%s is a page to browsers",
    async (path) => {
      const answer = await read(path, { accept: BROWSER });
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      const policy = answer.headers.get("content-security-policy")!;
      expect(policy).toContain("default-src 'none'");
      const page = await answer.text();
      const [, style] = /<style>(.*)<\/style>/s.exec(page)!;
      expect(policy).toContain(new Bun.CryptoHasher("sha256").update(style!).digest("base64"));
      for (const [, href] of page.matchAll(/(?:href|src)="([^"]+)"/g))
        expect((await fetch(new URL(href!, server.url + path))).status).toBe(200);
    },
  );

  test.each([
    ["no Accept", {}],
    ["anything", { accept: "*/*" }],
    ["JSON", { accept: "application/json, text/plain, */*" }],
    ["JSON rather than a page", { accept: "text/html;q=0.5, application/json" }],
    ["no page", { accept: "text/html;q=0, */*" }],
  ])("to who asks for %s it is JSON", async (_, headers) => {
    const answer = await read("/nothing", headers);
    expect(answer.status).toBe(404);
    expect(((await answer.json()) as { code: string }).code).toBe("not_found");
  });

  test("a call that is refused says why as JSON, to browsers too", async () => {
    const posted = await fetch(`${server.url}/nothing`, { method: "POST", headers: { accept: BROWSER } });
    expect([posted.status, ((await posted.json()) as { code: string }).code]).toEqual([404, "not_found"]);
    const unauthorized = await read("/groups/5", { accept: BROWSER });
    expect([unauthorized.status, ((await unauthorized.json()) as { code: string }).code]).toEqual([
      401,
      "unauthorized",
    ]);
  });
});

test.each(["/assets/nothing.js", "/assets/../package.json", "/assets/%2e%2e%2fpackage.json", "/icon-64.png"])(
  "%s is not there",
  async (path) => {
    const answer = await read(path);
    expect(answer.status).toBe(404);
    expect(((await answer.json()) as { code: string }).code).toBe("not_found");
  },
);
