// Builds the published package: one module of plain JavaScript with its source map, the same for `require`, and declarations
// that depend on nothing else. `bun run build:sdk` takes another output directory as its argument.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { Glob } from "bun";
import { minify } from "terser";
import project from "../../../package.json";
import { schemaDeclarations } from "./declarations.ts";

const ROOT = resolve(import.meta.dir, "../../..");
const SDK = join(ROOT, "src/sdk");
const LINE_LENGTH = 400;

const ENTRY = {
  import: { types: "./types/sdk/index.d.ts", default: "./index.js" },
  require: { types: "./cjs/types/sdk/index.d.ts", default: "./cjs/index.js" },
};

/** Named like the repository's package, so that the import is the same for both; without the server's dependencies. */
const PACKAGE = {
  name: project.name,
  version: project.version,
  description: "A client for the realtime chat server, without dependencies, for browsers, Bun and Node 20+.",
  license: project.license,
  type: "module",
  sideEffects: false,
  engines: { node: ">=20" },
  exports: { ".": ENTRY, "./sdk": ENTRY, "./package.json": "./package.json" },
  // For resolvers that don't know `exports`; `sdk/package.json` serves them too.
  main: "./cjs/index.js",
  types: "./cjs/types/sdk/index.d.ts",
  // Without a list, a tarball packed here before would be included.
  files: ["*.js", "*.js.map", "types", "cjs", "sdk"],
};

/** Makes the modules and declarations beside it CommonJS, whatever the enclosing package says. */
const COMMONJS = { type: "commonjs" };

/** Writes the package into the directory, which is emptied first. */
export async function buildSdk(outDir: string): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  await bundle("esm", outDir);
  await bundle("cjs", join(outDir, "cjs"));
  await declare(join(outDir, "types"));
  await cp(join(outDir, "types"), join(outDir, "cjs/types"), { recursive: true });
  await writeJson(join(outDir, "package.json"), PACKAGE);
  await writeJson(join(outDir, "cjs/package.json"), COMMONJS);
  await writeJson(join(outDir, "sdk/package.json"), {
    ...COMMONJS,
    main: "../cjs/index.js",
    module: "../index.js",
    types: "../cjs/types/sdk/index.d.ts",
  });
  await cp(join(ROOT, "LICENSE"), join(outDir, "LICENSE"));
  // The guide, without links into the repository.
  const guide = await Bun.file(join(ROOT, "docs/sdk.md")).text();
  await Bun.write(join(outDir, "README.md"), guide.replaceAll(/\[([^\]]+)\]\((?!https:)[^)]+\)/g, "$1"));
}

const writeJson = (path: string, value: object) => Bun.write(path, `${JSON.stringify(value, null, 2)}\n`);

async function bundle(format: "esm" | "cjs", outDir: string) {
  const built = await Bun.build({
    entrypoints: [join(SDK, "index.ts")],
    target: "browser",
    format,
    minify: true,
    sourcemap: "external",
    outdir: outDir,
  });
  if (!built.success) throw new AggregateError(built.logs, "the SDK could not be bundled");
  const path = join(outDir, "index.js");
  const sourceMap = await Bun.file(`${path}.map`).json();
  // The map contains the sources. Their paths are those in the repository, not those of the machine that built it.
  const sources = sourceMap.sources.map((source: string) => relative(ROOT, resolve(outDir, source)));
  // What Bun leaves gets smaller, and lines get short: Node prints the whole line of an uncaught error.
  const { code, map } = await minify(await Bun.file(path).text(), {
    module: true,
    ecma: 2020,
    compress: { passes: 3 },
    format: { max_line_len: LINE_LENGTH },
    sourceMap: { content: { ...sourceMap, sources }, filename: "index.js", url: "index.js.map", includeSources: true },
  });
  await Bun.write(path, code!);
  await Bun.write(`${path}.map`, map as string);
}

/**
 * Writes the declarations of a copy whose schemas.ts stands alone: with the parts of src/protocol that import nothing, but
 * neither TypeBox nor the types of Bun in reach.
 */
async function declare(outDir: string) {
  const work = await mkdtemp(join(tmpdir(), "sdk-types-"));
  const copy = async (path: string) => {
    const text = await Bun.file(join(ROOT, path)).text();
    await Bun.write(join(work, path), text);
    return [...text.matchAll(/from "(?:\.\.\/)+(protocol\/[^"]+)"/g)].map(([, imported]) => `src/${imported}`);
  };
  const modules = [...new Glob("src/sdk/**/*.ts").scanSync(ROOT)].filter(
    (path) => !path.startsWith("src/sdk/build/") && path !== "src/sdk/schemas.ts",
  );
  const protocol = (await Promise.all(modules.map(copy))).flat();
  await Promise.all([...new Set(protocol)].map(copy));
  await Bun.write(join(work, "src/sdk/schemas.ts"), schemaDeclarations());
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    lib: ["ESNext", "DOM", "DOM.Iterable"],
    types: [],
    outDir: "out",
    rootDir: "src",
  };
  await writeJson(join(work, "tsconfig.json"), {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions,
    include: ["src"],
    exclude: [],
  });
  const tsc = Bun.spawn([process.execPath, "x", "tsc", "-p", work], { cwd: ROOT, stdout: "pipe", stderr: "inherit" });
  if ((await tsc.exited) !== 0) throw new Error(await new Response(tsc.stdout).text());
  for (const name of new Glob("**/*.d.ts").scanSync(join(work, "out"))) {
    const text = await Bun.file(join(work, "out", name)).text();
    await Bun.write(join(outDir, name), text.replaceAll(/(from |import\()"(\.[^"]+)\.ts"/g, '$1"$2.js"'));
  }
  await rm(work, { recursive: true });
}

if (import.meta.main) await buildSdk(resolve(process.argv[2] ?? join(ROOT, "dist/sdk")));
