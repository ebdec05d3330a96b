// Makes what is published: one module of plain JavaScript, declarations that need nothing else, and a package of these alone.
// `bun run build:sdk`, or with another directory to write to as its argument.
import { cp, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import project from "../../../package.json";
import { wireDeclarations } from "./declarations.ts";

const ROOT = resolve(import.meta.dir, "../../..");
const SDK = join(ROOT, "src/sdk");

/** Of the same name as the repository's package, so that the import is the same for both; without what the server needs. */
const PACKAGE = {
  name: project.name,
  version: project.version,
  description: "A client for the realtime chat server, without dependencies, for browsers, Bun and Node 20+.",
  license: project.license,
  type: "module",
  sideEffects: false,
  engines: { node: ">=20" },
  exports: { "./sdk": { types: "./index.d.ts", default: "./index.js" } },
};

/** Writes the package into the directory, which is emptied first. */
export async function buildSdk(outDir: string): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  const built = await Bun.build({
    entrypoints: [join(SDK, "index.ts")],
    target: "browser",
    format: "esm",
    minify: true,
    outdir: outDir,
  });
  if (!built.success) throw new AggregateError(built.logs, "the SDK could not be bundled");
  await declare(outDir);
  await Bun.write(join(outDir, "package.json"), `${JSON.stringify(PACKAGE, null, 2)}\n`);
  await cp(join(ROOT, "LICENSE"), join(outDir, "LICENSE"));
  // The guide; what it points to in the repository is not there.
  const guide = await Bun.file(join(ROOT, "docs/sdk.md")).text();
  await Bun.write(join(outDir, "README.md"), guide.replaceAll(/\[([^\]]+)\]\((?!https:)[^)]+\)/g, "$1"));
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
