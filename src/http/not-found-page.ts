// The page that a browser shows for an address that does not exist. Other clients get the refusal as JSON.
import { negotiatorOf } from "../lib/negotiator.ts";

const STYLE = `
:root { color-scheme: light dark; }
body {
  display: grid; min-height: 100vh; margin: 0; padding: 24px; box-sizing: border-box; place-items: center;
  background: light-dark(#f3f5f6, #0e1215); color: light-dark(#12181c, #e9eef0);
  font: 400 0.9375rem / 1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; text-align: center;
}
img { border-radius: 12px; }
h1 { margin: 16px 0 4px; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 24px; color: light-dark(#55626a, #9aa7ae); }
a {
  display: inline-block; padding: 10px 20px; border-radius: 10px; background: light-dark(#0b6b62, #0f776d); color: #fff;
  font-weight: 550; text-decoration: none;
}
a:focus-visible { outline: 2px solid light-dark(#0b6b62, #4cc2b4); outline-offset: 2px; }
`;

const POLICY = `default-src 'none'; img-src 'self'; style-src 'sha256-${new Bun.CryptoHasher("sha256")
  .update(STYLE)
  .digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Whether the client prefers a page to JSON, as browsers do that open an address. */
const wantsPage = (request: Request): boolean =>
  (request.method === "GET" || request.method === "HEAD") &&
  negotiatorOf({ accept: request.headers.get("accept") ?? "*/*" }).mediaType(["application/json", "text/html"]) ===
    "text/html";

/** The page and its headers; null for a client that prefers JSON. */
export function notFoundPage(request: Request): { body: string; headers: Record<string, string> } | null {
  if (!wantsPage(request)) return null;
  // Relative: in front of it there may be a folder of a proxy's.
  const root = "../".repeat(new URL(request.url).pathname.split("/").length - 2) || "./";
  return {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY },
    body: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Page not found – Realtime Chat</title>
    <link rel="icon" href="${root}icon.svg" type="image/svg+xml">
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <img src="${root}icon.svg" alt="" width="56" height="56">
      <h1>Page not found</h1>
      <p>There is nothing at this address.</p>
      <a href="${root}">Open Realtime Chat</a>
    </main>
  </body>
</html>
`,
  };
}
