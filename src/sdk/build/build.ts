// Makes what is published: one module of plain JavaScript with its source map, the same for `require`, declarations that need
// nothing else, and a package of these alone.
// `bun run build:sdk`, or with another directory to write to as its argument.
import { cp, readdir, rm } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import project from "../../../package.json";
import { wireDeclarations } from "./declarations.ts";

const ROOT = resolve(import.meta.dir, "../../..");
const SDK = join(ROOT, "src/sdk");

const ENTRY = {
  import: { types: "./index.d.ts", default: "./index.js" },
  require: { types: "./cjs/index.d.ts", default: "./cjs/index.js" },
};

/** Of the same name as the repository's package, so that the import is the same for both; without what the server needs. */
const PACKAGE = {
  name: project.name,
  version: project.version,
  description: "A client for the realtime chat server, without dependencies, for browsers, Bun and Node 20+.",
  license: project.license,
  type: "module",
  sideEffects: false,
  engines: { node: ">=20" },
  exports: { ".": ENTRY, "./sdk": ENTRY, "./package.json": "./package.json" },
  // For resolvers that don't know `exports`; `sdk/package.json` is theirs as well.
  main: "./cjs/index.js",
  types: "./cjs/index.d.ts",
  // Else a tarball that was packed here before would be packed along.
  files: ["*.js", "*.js.map", "*.d.ts", "cjs", "sdk"],
};

/** Modules and declarations beside it are CommonJS, whatever the package around says. */
const COMMONJS = { type: "commonjs" };

/** Writes the package into the directory, which is emptied first. */
export async function buildSdk(outDir: string): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  await bundle("esm", outDir);
  await bundle("cjs", join(outDir, "cjs"));
  await declare(outDir);
  for (const name of await readdir(outDir))
    if (name.endsWith(".d.ts")) await cp(join(outDir, name), join(outDir, "cjs", name));
  await writeJson(join(outDir, "package.json"), PACKAGE);
  await writeJson(join(outDir, "cjs/package.json"), COMMONJS);
  await writeJson(join(outDir, "sdk/package.json"), {
    ...COMMONJS,
    main: "../cjs/index.js",
    module: "../index.js",
    types: "../cjs/index.d.ts",
  });
  await cp(join(ROOT, "LICENSE"), join(outDir, "LICENSE"));
  // The guide; what it points to in the repository is not there.
  const guide = await Bun.file(join(ROOT, "docs/sdk.md")).text();
  await Bun.write(join(outDir, "README.md"), guide.replaceAll(/\[([^\]]+)\]\((?!https:)[^)]+\)/g, "$1"));
}

const writeJson = (path: string, value: object) => Bun.write(path, `${JSON.stringify(value, null, 2)}\n`);

async function bundle(format: "esm" | "cjs", outdir: string) {
  const built = await Bun.build({
    entrypoints: [join(SDK, "index.ts")],
    target: "browser",
    format,
    // Node shows the line of an uncaught error: it should not be all there is.
    minify: { whitespace: false, identifiers: true, syntax: true },
    sourcemap: "linked",
    outdir,
  });
  if (!built.success) throw new AggregateError(built.logs, "the SDK could not be bundled");
  for (const { path, kind } of built.outputs) if (kind === "sourcemap") await nameSources(path);
}

/** The sources are in the map itself; where they lay on the machine that built it is nobody's business. */
async function nameSources(path: string) {
  const map = await Bun.file(path).json();
  const sources = map.sources.map((source: string) => relative(ROOT, resolve(dirname(path), source)));
  await Bun.write(path, JSON.stringify({ ...map, sources }));
}

/** Declares a copy whose wire.ts stands alone, with nothing of Bun or the server in reach. */
async function declare(outDir: string) {
  const work = join(outDir, "work");
  for (const name of await readdir(SDK)) if (name.endsWith(".ts")) await cp(join(SDK, name), join(work, name));
  await Bun.write(join(work, "wire.ts"), wireDeclarations());
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    lib: ["ESNext", "DOM", "DOM.Iterable"],
    types: [],
    outDir,
    rootDir: ".",
  };
  await Bun.write(
    join(work, "tsconfig.json"),
    JSON.stringify({ extends: join(ROOT, "tsconfig.json"), compilerOptions, include: ["*.ts"], exclude: [] }),
  );
  const tsc = Bun.spawn([process.execPath, "x", "tsc", "-p", work], { cwd: ROOT, stdout: "pipe", stderr: "inherit" });
  if ((await tsc.exited) !== 0) throw new Error(await new Response(tsc.stdout).text());
  await rm(work, { recursive: true });
  for (const name of await readdir(outDir)) {
    if (!name.endsWith(".d.ts")) continue;
    const text = await Bun.file(join(outDir, name)).text();
    await Bun.write(join(outDir, name), text.replaceAll(/(from |import\()"(\.\/[^"]+)\.ts"/g, '$1"$2.js"'));
  }
}

if (import.meta.main) await buildSdk(resolve(process.argv[2] ?? join(ROOT, "dist/sdk")));
