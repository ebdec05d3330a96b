// Makes what is published as the package's `./sdk`: one module of plain JavaScript, and declarations that need nothing else.
// `bun run build:sdk`, or with another directory to write to as its argument.
import { cp, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { wireDeclarations } from "./declarations.ts";

const ROOT = resolve(import.meta.dir, "../../..");
const SDK = join(ROOT, "src/sdk");

/** Writes `index.js` and the declarations into the directory, which is emptied first. */
export async function buildSdk(outDir: string): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  const built = await Bun.build({
    entrypoints: [join(SDK, "index.ts")],
    target: "browser",
    format: "esm",
    outdir: outDir,
  });
  if (!built.success) throw new AggregateError(built.logs, "the SDK could not be bundled");
  await declare(outDir);
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
