// Builds the single executable for a platform, and packs it with PostgreSQL beside it: `bun run build:executable [TARGET…]`, for this
// machine's platform unless told, into dist/release. With `--folder DIR` it is that folder, and not packed.
import { cpSync, existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { Glob } from "bun";
import { completeLinks } from "../src/db/embedded/binaries.ts";
import { VERSION } from "../src/lib/version.ts";
import { thirdPartyLicenses } from "./licenses.ts";
import { HOST, RELEASE_DIR, ROOT, TARGETS, type TargetName } from "./targets.ts";

/** The program, and what it starts as a thread. */
export const ENTRYPOINTS = ["src/cli.ts", "src/modules/accounts/hash-worker.ts"];

/** What is no code and is read by its path (src/lib/program.ts). */
export const EMBEDDED = [
  "dist/web.json",
  "docs/protocol.md",
  "node_modules/swagger-ui-dist/favicon-32x32.png",
  "node_modules/swagger-ui-dist/swagger-ui-bundle.js",
  "node_modules/swagger-ui-dist/swagger-ui.css",
  "src/db/functions",
  "src/db/migrations",
  "src/docs/index.html",
  "src/docs/init.js",
  "src/docs/socket-page/socket-layout.css",
  "src/docs/socket-page/socket.css",
];

/** What a package uses where it finds it: here it would be there for what is of development alone. */
export const OPTIONAL = ["supports-color"];

/** What programs need that are built against PostgreSQL, languages that need more than is there, and the list of links, which are there. */
const UNUSED =
  /\.a$|\/pg-symlinks\.json$|\/(pkgconfig|pgxs)(\/|$)|\/lib(ecpg|pgtypes)[^/]*$|\/(pl(perl|python3|tcl)|(hstore|jsonb|ltree|bool)_pl(perl|python3))[^/]*$/;

export const pathOf = (target: TargetName) => join(RELEASE_DIR, `realtime-chat-${VERSION}-${target}`);

/** Writes the folder of a platform. */
export async function buildFolder(target: TargetName, dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  await compile(target, join(dir, "realtime-chat"));
  // They are in it as well.
  for (const name of new Glob("*.map").scanSync(dir)) await rm(join(dir, name));
  await copyPostgres(target, join(dir, "postgresql"));
  for (const name of ["LICENSE", "CHANGELOG.md", ".env.example"]) await cp(join(ROOT, name), join(dir, name));
  await cp(join(import.meta.dir, "README.executable.md"), join(dir, "README.md"));
  await Bun.write(join(dir, "THIRD_PARTY_LICENSES"), await thirdPartyLicenses());
}

/** Compiles the program with everything that it reads; `outfile` is its path. */
export async function compile(target: TargetName, outfile: string): Promise<void> {
  await Bun.$`${process.execPath} src/web/build.ts`.cwd(ROOT).quiet();
  // A folder is embedded under its name.
  const work = await mkdtemp(join(tmpdir(), "executable-"));
  const files = join(work, "program");
  for (const path of EMBEDDED) await cp(join(ROOT, path), join(files, path), { recursive: true, dereference: true });
  const built = await Bun.build({
    entrypoints: ENTRYPOINTS.map((path) => join(ROOT, path)),
    root: ROOT,
    external: OPTIONAL,
    target: "bun",
    format: "esm",
    // What is loaded later stays out of memory until then.
    splitting: true,
    // Names stay: Elysia reads the source of handlers.
    minify: { whitespace: true, syntax: true, identifiers: false },
    sourcemap: "inline",
    bytecode: true,
    define: { "process.env.NODE_ENV": '"production"' },
    compile: {
      target: TARGETS[target].compile,
      executablePath: runtimeOf(target),
      outfile,
      assets: [files],
      // As in a checkout; but what Bun would read besides is no setting of ours.
      autoloadDotenv: true,
      autoloadBunfig: false,
    },
  }).finally(() => rm(work, { recursive: true, force: true }));
  if (!built.success) throw new AggregateError(built.logs, "the executable could not be built");
}

/** Bun's binary for a platform. The one that runs this, where it is for the same. */
function runtimeOf(target: TargetName): string {
  if (target === HOST) return process.execPath;
  return join(packageDir(TARGETS[target].runtime), "bin", "bun");
}

/** The folder of a package of one platform: among the server's, or among those of release/package.json. */
function packageDir(name: string): string {
  for (const root of [ROOT, import.meta.dir]) {
    const dir = join(root, "node_modules", name);
    if (existsSync(join(dir, "package.json"))) return dir;
  }
  throw new Error(`${name} is missing: run "bun run release:platforms"`);
}

async function copyPostgres(target: TargetName, dir: string) {
  const source = packageDir(TARGETS[target].postgres);
  await completeLinks(join(source, "native"));
  await mkdir(dir, { recursive: true });
  cpSync(join(source, "native"), join(dir, "native"), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !UNUSED.test(path),
  });
  const { name, version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  await Bun.write(join(dir, "package.json"), `${JSON.stringify({ name, version }, null, 2)}\n`);
}

/** The same bytes for the same files, whoever packs them and when. */
async function pack(dir: string): Promise<string> {
  const archive = `${dir}.tar.gz`;
  const time = (await Bun.$`git log -1 --format=%ct`.cwd(ROOT).text()).trim();
  await Bun.$`tar --sort=name --mtime=@${time} --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw -C ${dirname(dir)} -cf - ${basename(dir)} | gzip -6n > ${archive}`;
  return archive;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    options: { folder: { type: "string" } },
    allowPositionals: true,
  });
  for (const name of positionals)
    if (!Object.hasOwn(TARGETS, name)) throw new Error(`${name} is none of ${Object.keys(TARGETS).join(", ")}`);
  const targets = positionals.length > 0 ? (positionals as TargetName[]) : [HOST];
  for (const target of targets) {
    const dir = values.folder ?? pathOf(target);
    await buildFolder(target, dir);
    console.log(values.folder ?? (await pack(dir)));
  }
}
