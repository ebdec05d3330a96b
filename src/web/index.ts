// Serves the web client at `/` from memory: a page, a script, a style sheet and icons. The client itself uses only the public API.
import { Elysia } from "elysia";
import { ChatError } from "../lib/errors.ts";
import { bucketOriginOf } from "../lib/files-address.ts";
import { negotiatorOf } from "../lib/negotiator.ts";
import { permissionsPolicy } from "../lib/permissions-policy.ts";
import { fileNotFound } from "../protocol/refusals.ts";
import { isBuilt, loadWeb, type WebFile, type WebFiles } from "./build.ts";

/** Allows only this origin and that of files, and no text to become script. */
const policyWith = (fileOrigins: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob:${fileOrigins}`,
    `media-src 'self' blob:${fileOrigins}`,
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");

const YEAR = "public, max-age=31536000, immutable";

let loading: Promise<WebFiles> | undefined;

/** Builds the files where that was not done ahead: the first visitor need not wait for it. What is built is loaded by that visitor. */
export async function prepareWeb(): Promise<void> {
  if (!(await isBuilt())) await filesOfWeb();
}

/** The files, loaded once per process. */
function filesOfWeb(): Promise<WebFiles> {
  loading ??= loadWeb().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** `filesUrl`: of the bucket that files are in, if they are in one. */
export const webModule = ({ filesUrl }: { filesUrl?: string | undefined } = {}) => {
  const hidden = { detail: { hide: true } };
  const policy = policyWith(filesUrl ? ` ${bucketOriginOf(filesUrl)}` : "");
  const serve = async ({ request, path }: { request: Request; path: string }) => {
    const file = (await filesOfWeb()).get(path);
    if (!file) throw new ChatError(fileNotFound);
    return respond(request, file, policy);
  };
  const routes = new Elysia({ name: "web" }).get("/assets/:name", serve, hidden);
  for (const path of ["/", "/manifest.webmanifest", "/icon.svg", "/icon-192.png", "/icon-512.png"]) {
    routes.get(path, serve, hidden);
  }
  // For clients that request it without reading the page.
  return routes.get(
    "/favicon.ico",
    () => new Response(null, { status: 302, headers: { location: "icon-192.png" } }),
    hidden,
  );
};

function respond(request: Request, file: WebFile, policy: string): Response {
  const encoding = encodingFor(request, file);
  const headers: Record<string, string> = {
    "content-type": file.type,
    "content-security-policy": policy,
    // For voice messages.
    "permissions-policy": permissionsPolicy("microphone"),
    "cache-control": file.isHashed ? YEAR : "no-cache",
    etag: file.etag,
    vary: "accept-encoding",
  };
  if (request.headers.get("if-none-match")?.includes(file.etag)) return new Response(null, { status: 304, headers });
  if (encoding) headers["content-encoding"] = encoding;
  return new Response(
    (encoding === "br" ? file.br : encoding === "gzip" ? file.gz : file.body) as Uint8Array<ArrayBuffer>,
    { headers },
  );
}

/** The library's types lack the second parameter. */
interface Encodings {
  encodings(available: string[], options: { preferred: string[] }): string[];
}

/** The encoding to send, by the weights of RFC 9110 (12.5.3) and, among equals, the smallest. Null for none. */
function encodingFor(request: Request, file: WebFile): "br" | "gzip" | null {
  const accepted = request.headers.get("accept-encoding");
  // Without the header any encoding is allowed, but a client that sends none may support none.
  if (accepted === null) return null;
  const available = [...(file.br ? ["br"] : []), ...(file.gz ? ["gzip"] : []), "identity"];
  const negotiator: Encodings = negotiatorOf({ "accept-encoding": accepted });
  const [chosen] = negotiator.encodings(available, { preferred: ["br", "gzip"] });
  return chosen === "br" || chosen === "gzip" ? chosen : null;
}
