// Builds the published package: the SDK as one module of plain JavaScript with its source map, the hooks for React as another,
// both the same for `require`, and declarations that depend on nothing else (the hooks' on React's). `bun run build:sdk` takes
// another output directory as its argument.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Glob } from "bun";
import { minify } from "terser";
import project from "../../../package.json";
import { schemaDeclarations } from "./declarations.ts";

const ROOT = resolve(import.meta.dir, "../../..");
const LINE_LENGTH = 400;
/** Tells frameworks that render on the server that hooks are for the browser; bundlers drop it from sources. */
const USE_CLIENT = '"use client";';

/** By name: the source is src/<name>/index.ts, the import <package>/<name>. */
const MODULES = { sdk: "index.js", markdown: "markdown.js", react: "react.js" };
type ModuleName = keyof typeof MODULES;

const entry = (name: ModuleName) => ({
  import: { types: `./types/${name}/index.d.ts`, default: `./${MODULES[name]}` },
  require: { types: `./cjs/types/${name}/index.d.ts`, default: `./cjs/${MODULES[name]}` },
});

/** The address of the repository that builds it, which npm holds against the one that proves to have built it; undefined where it has none. */
function repositoryUrl(): string | undefined {
  const { REPOSITORY_URL, GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
  return REPOSITORY_URL || (GITHUB_REPOSITORY && `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`) || undefined;
}

/** Named like the repository's package, so that the import is the same for both; without the server's dependencies. */
const PACKAGE = {
  name: project.name,
  version: project.version,
  description: "A client for the realtime chat server, without dependencies, for browsers, Bun and Node 20+.",
  keywords: ["chat", "realtime", "websocket", "messaging", "react"],
  license: project.license,
  // From a workflow alone, where npm can ask who builds it.
  publishConfig: { access: "public", provenance: true },
  type: "module",
  sideEffects: false,
  engines: { node: ">=20" },
  exports: {
    ".": entry("sdk"),
    "./sdk": entry("sdk"),
    "./markdown": entry("markdown"),
    "./react": entry("react"),
    "./package.json": "./package.json",
  },
  peerDependencies: { react: ">=18" },
  peerDependenciesMeta: { react: { optional: true } },
  // For resolvers that don't know `exports`; a package.json in the folder of each module serves them too.
  main: "./cjs/index.js",
  types: "./cjs/types/sdk/index.d.ts",
  // Without a list, a tarball packed here before would be included.
  files: ["*.js", "*.js.map", "types", "cjs", ...Object.keys(MODULES)],
};

/** Makes the modules and declarations beside it CommonJS, whatever the enclosing package says. */
const COMMONJS = { type: "commonjs" };

/** Writes the package into the directory, which is emptied first. `url` is where its repository is. */
export async function buildSdk(outDir: string, url = repositoryUrl()): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  for (const name of Object.keys(MODULES) as ModuleName[]) {
    await bundle(name, "esm", outDir);
    await bundle(name, "cjs", join(outDir, "cjs"));
    await writeJson(join(outDir, name, "package.json"), {
      ...COMMONJS,
      main: `../cjs/${MODULES[name]}`,
      module: `../${MODULES[name]}`,
      types: `../cjs/types/${name}/index.d.ts`,
    });
  }
  await declare(join(outDir, "types"));
  await cp(join(outDir, "types"), join(outDir, "cjs/types"), { recursive: true });
  const repository = url && { repository: { type: "git", url: `git+${url}.git` }, homepage: `${url}#readme` };
  await writeJson(join(outDir, "package.json"), { ...PACKAGE, ...repository });
  await writeJson(join(outDir, "cjs/package.json"), COMMONJS);
  await cp(join(ROOT, "LICENSE"), join(outDir, "LICENSE"));
  // The guide, without links into the repository.
  const guide = await Bun.file(join(ROOT, "docs/sdk.md")).text();
  await Bun.write(join(outDir, "README.md"), guide.replaceAll(/\[([^\]]+)\]\((?!https:)[^)]+\)/g, "$1"));
}

const writeJson = (path: string, value: object) => Bun.write(path, `${JSON.stringify(value, null, 2)}\n`);

/** As a module with chunks for what it imports when that is first used; `require` has all of it in one. */
async function bundle(name: ModuleName, format: "esm" | "cjs", outDir: string) {
  const built = await Bun.build({
    entrypoints: [join(ROOT, "src", name, "index.ts")],
    external: ["react"],
    target: "browser",
    format,
    splitting: format === "esm",
    // Whoever loads the module has no page of ours, or none at all.
    modulePreload: false,
    minify: true,
    sourcemap: "external",
    outdir: outDir,
    naming: { entry: MODULES[name], chunk: "[name]-[hash].js" },
  });
  if (!built.success) throw new AggregateError(built.logs, `src/${name} could not be bundled`);
  const preamble = name === "react" ? { preamble: USE_CLIENT } : {};
  for (const { kind, path } of built.outputs) if (kind !== "sourcemap") await shrink(path, preamble);
}

/** What Bun leaves gets smaller, and lines get short: Node prints the whole line of an uncaught error. */
async function shrink(path: string, format: { preamble?: string }) {
  const sourceMap = await Bun.file(`${path}.map`).json();
  // The map contains the sources. Their paths are those in the repository, not those of the machine that built it.
  const sources = sourceMap.sources.map((source: string) => relative(ROOT, resolve(dirname(path), source)));
  const name = basename(path);
  const { code, map } = await minify(await Bun.file(path).text(), {
    module: true,
    ecma: 2020,
    compress: { passes: 3 },
    format: { max_line_len: LINE_LENGTH, ...format },
    sourceMap: { content: { ...sourceMap, sources }, filename: name, url: `${name}.map`, includeSources: true },
  });
  await Bun.write(path, code!);
  await Bun.write(`${path}.map`, map as string);
}

/**
 * Writes the declarations of a copy whose schemas.ts stands alone: with the parts of src/protocol that import no
 * schema, but neither TypeBox nor the types of Bun in reach.
 */
async function declare(outDir: string) {
  const work = await mkdtemp(join(tmpdir(), "sdk-types-"));
  const copy = async (path: string) => {
    const text = await Bun.file(join(ROOT, path)).text();
    await Bun.write(join(work, path), text);
    return [...text.matchAll(/from "(?:\.\.\/)+(protocol\/[^"]+)"/g)].map(([, imported]) => `src/${imported}`);
  };
  const copyWithImports = async (path: string): Promise<void> => {
    if (copied.has(path)) return;
    copied.add(path);
    await copy(path);
    const imported = (await Bun.file(join(ROOT, path)).text()).matchAll(/from "\.\/([^"]+)"/g);
    await Promise.all(Array.from(imported, ([, name]) => copyWithImports(`src/protocol/${name}`)));
  };
  const copied = new Set<string>();
  const modules = [...new Glob(`src/{${Object.keys(MODULES)}}/**/*.ts`).scanSync(ROOT)].filter(
    (path) => !path.startsWith("src/sdk/build/") && path !== "src/sdk/schemas.ts",
  );
  const protocol = (await Promise.all(modules.map(copy))).flat();
  await Promise.all(protocol.map(copyWithImports));
  await Bun.write(join(work, "src/sdk/schemas.ts"), schemaDeclarations());
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    lib: ["ESNext", "DOM", "DOM.Iterable"],
    types: [],
    paths: { react: [join(ROOT, "node_modules/@types/react/index.d.ts")] },
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
