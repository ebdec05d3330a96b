// The documents of both interfaces, each for programs and for people: /openapi.json and /docs for HTTP, /asyncapi.json and
// /docs/socket for the sockets. The pages need nothing from anywhere else.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AnyElysia, Elysia } from "elysia";
import { programFile } from "../lib/program.ts";
import type { AsyncApi } from "./asyncapi/asyncapi.ts";

const DIST = Bun.isStandaloneExecutable
  ? programFile("node_modules/swagger-ui-dist")
  : dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));

const PAGE_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-cache",
};
// The files carry no version in their names, so an update must be seen within the hour.
const ASSET_HEADERS = { ...PAGE_HEADERS, "cache-control": "public, max-age=3600" };

/** Everything that the page may load, and where it is. */
const ASSETS: Record<string, string> = {
  "init.js": programFile("src/docs/init.js"),
  "socket.css": programFile("src/docs/socket-page/socket.css"),
  "socket-layout.css": programFile("src/docs/socket-page/socket-layout.css"),
  "swagger-ui.css": join(DIST, "swagger-ui.css"),
  "swagger-ui-bundle.js": join(DIST, "swagger-ui-bundle.js"),
  "favicon-32x32.png": join(DIST, "favicon-32x32.png"),
};

/**
 * The routes that document `app` and the sockets. Each document is built when it is first requested, and what builds it is loaded
 * only then: it is a good part of all the server's code.
 */
export const docsModule = (app: AnyElysia) => {
  let document: Promise<object> | undefined;
  let sockets: Promise<AsyncApi> | undefined;
  let page: Promise<string> | undefined;
  const describeHttp = async () => (await import("./openapi/openapi.ts")).buildOpenApi(app);
  const describeSockets = () => {
    sockets ??= import("./asyncapi/asyncapi.ts").then(({ buildAsyncApi }) => buildAsyncApi());
    return sockets;
  };
  const renderPage = async () => {
    const [{ socketPage }, { GUIDE_PATH, readGuide }] = await Promise.all([
      import("./socket-page/page.ts"),
      import("./socket-page/guide.ts"),
    ]);
    return socketPage(await describeSockets(), readGuide(await Bun.file(GUIDE_PATH).text()));
  };
  const hidden = { detail: { hide: true } };
  const routes = new Elysia({ name: "docs" })
    .get(
      "/openapi.json",
      () => {
        document ??= describeHttp();
        return document;
      },
      hidden,
    )
    .get("/asyncapi.json", describeSockets, hidden)
    .get(
      "/docs/socket",
      async () => {
        page ??= renderPage();
        return new Response(await page, {
          headers: { ...PAGE_HEADERS, "content-type": "text/html; charset=utf-8" },
        });
      },
      hidden,
    )
    .get("/docs", () => new Response(Bun.file(programFile("src/docs/index.html")), { headers: PAGE_HEADERS }), hidden);
  for (const [name, path] of Object.entries(ASSETS)) {
    routes.get(`/docs/${name}`, () => new Response(Bun.file(path), { headers: ASSET_HEADERS }), hidden);
  }
  return routes;
};
