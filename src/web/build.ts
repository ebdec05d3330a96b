// Builds the web client: bundled, with content hashes in file names, and compressed. `bun run build:web` writes the result to
// dist/web.json, as `bun start` and the image do; without it the server builds the client in memory.
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { programFile } from "../lib/program.ts";

const CLIENT = programFile("src/web/client");
/** All folders that the bundle takes sources from. */
const SOURCES = [CLIENT, ...["sdk", "markdown", "protocol"].map((name) => programFile(`src/${name}`))];
const BUILT = programFile("dist/web.json");

/** A file to serve. `br` and `gz` are left out where compression gains nothing. */
export interface WebFile {
  type: string;
  /** Whether its name changes with its content. */
  isHashed: boolean;
  etag: string;
  body: Uint8Array;
  br?: Uint8Array;
  gz?: Uint8Array;
}

/** By path, such as `/`. */
export type WebFiles = Map<string, WebFile>;

const PLAIN: Record<string, string> = {
  "icon.svg": "image/svg+xml",
  "icon-192.png": "image/png",
  "icon-512.png": "image/png",
  "manifest.webmanifest": "application/manifest+json",
};

/** Whether the files were built ahead. They may be out of date. */
export const isBuilt = (): Promise<boolean> => Bun.file(BUILT).exists();

/** The client's files: from dist/web.json if it was built from the current sources, else built now. */
export async function loadWeb(): Promise<WebFiles> {
  return (await readBuilt()) ?? (await buildWeb());
}

export async function buildWeb(): Promise<WebFiles> {
  const built = await Bun.build({
    entrypoints: [join(CLIENT, "main.tsx")],
    target: "browser",
    format: "esm",
    minify: true,
    // What is imported dynamically is loaded when it is first used.
    splitting: true,
    naming: { entry: "[name]-[hash].[ext]", chunk: "[name]-[hash].[ext]" },
    define: { "process.env.NODE_ENV": '"production"' },
    jsx: { runtime: "automatic", importSource: "preact", development: false },
    throw: true,
  });
  const early = await Bun.build({
    entrypoints: [join(CLIENT, "early.ts")],
    target: "browser",
    // Without imports: it is no module, so that it runs before the page is painted.
    format: "iife",
    minify: true,
    naming: "[name]-[hash].[ext]",
    throw: true,
  });
  const files: WebFiles = new Map();
  const add = async (output: Bun.BuildArtifact) => {
    const path = `/assets/${output.path.split(/[\\/]/).at(-1)}`;
    const type = path.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
    files.set(path, await toFile(new Uint8Array(await output.arrayBuffer()), type, true));
    // Relative, because a proxy may serve the page below a path.
    return path.slice(1);
  };
  const pathOf: Record<string, string> = { EARLY: await add(early.outputs[0]!) };
  for (const output of built.outputs) {
    const path = await add(output);
    // The page names no chunk: the script that needs it does.
    if (output.kind !== "chunk") pathOf[path.endsWith(".css") ? "STYLE" : "SCRIPT"] = path;
  }
  const page = await Bun.file(join(CLIENT, "index.html")).text();
  const html = page.replaceAll(/%(\w+)%/g, (_, kind: string) => pathOf[kind]!);
  files.set("/", await toFile(new TextEncoder().encode(html), "text/html; charset=utf-8", false));
  for (const [name, type] of Object.entries(PLAIN)) {
    files.set(`/${name}`, await toFile(await Bun.file(join(CLIENT, name)).bytes(), type, false));
  }
  return files;
}

async function toFile(body: Uint8Array, type: string, isHashed: boolean): Promise<WebFile> {
  const etag = `W/"${Bun.hash(body).toString(36)}"`;
  if (type === "image/png") return { type, isHashed, etag, body };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength } }),
    promisify(gzip)(body, { level: 9 }),
  ]);
  return { type, isHashed, etag, body, br, gz };
}

/** Identifies the state of the sources. */
async function fingerprint(): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  hash.update(Bun.version);
  for (const dir of SOURCES) {
    const names = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    for (const path of names.map((entry) => join(entry.parentPath, entry.name)).sort()) {
      hash.update(relative(dir, path)).update(await Bun.file(path).bytes());
    }
  }
  return hash.digest("hex");
}

/** The content of dist/web.json, with bytes in base64. */
interface Stored {
  of: string;
  files: Record<string, Omit<WebFile, "body" | "br" | "gz"> & { body: string; br?: string; gz?: string }>;
}

async function readBuilt(): Promise<WebFiles | null> {
  try {
    const { of, files } = (await Bun.file(BUILT).json()) as Stored;
    // The sources are not in the executable, which was built from them.
    if (!Bun.isStandaloneExecutable && of !== (await fingerprint())) return null;
    return new Map(
      Object.entries(files).map(([path, { body, br, gz, ...file }]) => [
        path,
        {
          ...file,
          body: Buffer.from(body, "base64"),
          ...(br ? { br: Buffer.from(br, "base64") } : {}),
          ...(gz ? { gz: Buffer.from(gz, "base64") } : {}),
        },
      ]),
    );
  } catch {
    // Missing or incomplete.
    return null;
  }
}

async function writeBuilt() {
  const files: Stored["files"] = {};
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  for (const [path, { body, br, gz, ...file }] of await buildWeb()) {
    files[path] = { ...file, body: text(body), ...(br ? { br: text(br) } : {}), ...(gz ? { gz: text(gz) } : {}) };
  }
  await Bun.write(BUILT, JSON.stringify({ of: await fingerprint(), files } satisfies Stored));
}

if (import.meta.main && !(await readBuilt())) await writeBuilt();
