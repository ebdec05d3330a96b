// `bun run sbom`: the bill of materials, CycloneDX, into dist/release. What the bundler puts into the server and the web client comes from
// its own account of both, by CycloneDX' tool for that; what is machine code is added.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSION } from "../src/lib/version.ts";
import { EMBEDDED, ENTRYPOINTS, OPTIONAL } from "./executable.ts";
import { productionPackages } from "./licenses.ts";
import { NATIVE_PARTS, type NativePart } from "./native-parts.ts";
import { RELEASE_DIR, ROOT } from "./targets.ts";

const TOOL = join(import.meta.dir, "node_modules/@cyclonedx/cyclonedx-esbuild/bin/cyclonedx-esbuild-cli.js");
const SPEC = "1.6";

interface Bom {
  metadata: { component: { "bom-ref": string; name: string; version?: string } };
  components: object[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

/** What the bundles of the server and of the web client are made of. */
async function bundled() {
  const common = { metafile: true as const, throw: true, external: OPTIONAL };
  const builds = await Promise.all([
    Bun.build({ ...common, entrypoints: ENTRYPOINTS.map((path) => join(ROOT, path)), target: "bun" }),
    Bun.build({ ...common, entrypoints: ["main.tsx", "early.ts"].map((name) => join(ROOT, "src/web/client", name)) }),
  ]);
  const metafiles = builds.map(({ metafile }) => metafile!);
  return {
    inputs: Object.assign({}, ...metafiles.map(({ inputs }) => inputs)),
    outputs: Object.fromEntries(
      metafiles.flatMap(({ outputs }, i) => Object.entries(outputs).map(([name, output]) => [`${i}/${name}`, output])),
    ),
  };
}

const refOf = ({ name, within }: NativePart) => `native:${within}:${name}`;

/** A part of machine code as a component. */
const componentOf = (part: NativePart) => ({
  type: "library",
  "bom-ref": refOf(part),
  name: part.name,
  version: part.version,
  copyright: part.copyright,
  licenses: [{ expression: part.license }],
  properties: [{ name: "realtime-chat:within", value: part.within }],
  externalReferences: [{ type: "website", url: part.source }],
});

/** Packages of which files are embedded rather than bundled. */
const embeddedPackages = () =>
  productionPackages()
    .filter(({ name }) => EMBEDDED.some((path) => path.startsWith(`node_modules/${name}/`)))
    .map(({ name, version, license }) => {
      const purl = `pkg:npm/${name}@${version}`;
      return { type: "library", "bom-ref": purl, name, version, purl, licenses: [{ expression: license }] };
    });

/** Writes it to a file in a directory that exists; returns its path. */
export async function writeBom(dir: string): Promise<string> {
  const path = join(dir, `realtime-chat-${VERSION}.cdx.json`);
  const work = await mkdtemp(join(tmpdir(), "sbom-"));
  try {
    const metafile = join(work, "metafile.json");
    await Bun.write(metafile, JSON.stringify(await bundled()));
    await Bun.$`${process.execPath} ${TOOL} --bwd ${ROOT} --sv ${SPEC} --output-reproducible --validate -o ${path} ${metafile}`;
    const bom: Bom = await Bun.file(path).json();
    const added = [...embeddedPackages(), ...NATIVE_PARTS.map(componentOf)];
    const refs = added.map((component) => component["bom-ref"]);
    bom.components.push(...added);
    const root = bom.dependencies.find(({ ref }) => ref === bom.metadata.component["bom-ref"])!;
    root.dependsOn = [...(root.dependsOn ?? []), ...refs].sort();
    for (const ref of refs) bom.dependencies.push({ ref });
    await requireValid(JSON.stringify(bom));
    await Bun.write(path, `${JSON.stringify(bom, null, 2)}\n`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return path;
}

/** Throws where it is not what CycloneDX' schema says. */
async function requireValid(text: string) {
  const { JsonStrictValidator } = await import(
    Bun.resolveSync("@cyclonedx/cyclonedx-library/Validation", join(import.meta.dir, "node_modules/@cyclonedx"))
  );
  const faults = await new JsonStrictValidator(SPEC).validate(text);
  if (faults !== null) throw new Error(`the bill of materials is not valid: ${JSON.stringify(faults).slice(0, 2_000)}`);
}

if (import.meta.main) {
  await mkdir(RELEASE_DIR, { recursive: true });
  console.log(await writeBom(RELEASE_DIR));
}
