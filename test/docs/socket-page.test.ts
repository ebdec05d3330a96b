// The page /docs/socket: it has every frame, its links lead somewhere, and it can run nothing and load nothing from elsewhere.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { frames } from "../../src/docs/asyncapi/frames.ts";
import { CLOSES, LIMITS } from "../../src/docs/asyncapi/texts.ts";
import { GUIDE_PATH } from "../../src/docs/socket-page/guide.ts";
import { html, json, prose } from "../../src/docs/socket-page/html.ts";
import { startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
let page: string;
beforeAll(async () => {
  server = await startServer();
  page = (await server.call("GET", "/docs/socket")).body;
});
afterAll(() => server.close());

/** As the guide's renderer has it, which leaves apostrophes as they are. */
const rendered = (text: string) => prose(text).text.replaceAll("&#39;", "'");

const all = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, found]) => found!);

test("it comes under the policy of /docs, and has nothing that the policy would stop", async () => {
  const answer = await server.call("GET", "/docs/socket");
  const other = await server.call("GET", "/docs");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  for (const name of ["content-security-policy", "cache-control", "x-content-type-options", "x-frame-options"])
    expect([name, answer.headers.get(name)]).toEqual([name, other.headers.get(name)]);
  const isRefused = /<script|<style|\sstyle=|\son\w+=|javascript:|(?:href|src)="https?:/i.exec(page);
  expect(isRefused).toBeNull();
});

test("what it loads and links to is there", async () => {
  const addresses = new Set(
    all(/(?:href|src)="([^#"][^"]*)"/g).map((href) => new URL(href, "http://localhost/docs/socket").pathname),
  );
  expect([...addresses].toSorted()).toEqual([
    "/asyncapi.json",
    "/docs",
    "/docs/favicon-32x32.png",
    "/docs/socket-layout.css",
    "/docs/socket.css",
    "/openapi.json",
  ]);
  for (const address of addresses)
    expect([address, (await server.call("GET", address)).status]).toEqual([address, 200]);
  const ids = all(/\sid="([^"]+)"/g);
  expect(new Set(ids).size).toBe(ids.length);
  for (const anchor of all(/href="#([^"]+)"/g)) expect([anchor, ids.includes(anchor)]).toEqual([anchor, true]);
});

test("it has the whole guide, and every frame, limit and close code", async () => {
  const guide = await Bun.file(GUIDE_PATH).text();
  const titles = [...guide.matchAll(/^##+ (.+)$/gm)].map(([, title]) => title!.replaceAll("`", ""));
  for (const title of titles) expect(page).toContain(`>${title}</a></h2>`);
  expect(page).not.toContain("&lt;!--");
  for (const { key } of frames) expect(page).toContain(`id="${key}"`);
  for (const { what, bound } of LIMITS) {
    expect(page).toContain(rendered(what));
    expect(page).toContain(rendered(bound));
  }
  for (const { reason, meaning } of CLOSES) {
    expect(page).toContain(reason);
    expect(page).toContain(rendered(meaning));
  }
});

test("the documents lead to each other", async () => {
  const openapi = (await server.call("GET", "/openapi.json")).body;
  expect(openapi.info.description).toContain("(/docs/socket)");
  expect((await server.call("GET", "/asyncapi.json")).body.info.description).toContain("/openapi.json");
});

test("whatever is put into HTML is escaped", () => {
  const hostile = `<img src=x onerror="alert('1')">&`;
  const escaped = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;";
  expect(html`<p title="${hostile}">${[hostile, null, false, 1]}</p>`.text).toBe(
    `<p title="${escaped}">${escaped}1</p>`,
  );
  expect(prose(`\`${hostile}\``).text).toBe(`<code>${escaped}</code>`);
  expect(json({ [hostile]: hostile }).text).not.toContain("<img");
  expect(
    json({ a: [1, -2.5, true, null, 'x": 1'] })
      .text.replace(/<[^>]+>/g, "")
      .replaceAll("&quot;", '"'),
  ).toBe(JSON.stringify({ a: [1, -2.5, true, null, 'x": 1'] }, null, 2));
});
