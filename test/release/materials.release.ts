// The bill of materials and the licences, of what is really shipped. Needs the packages of release/ (`bun run release:platforms`).
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thirdPartyLicenses } from "../../release/licenses.ts";
import { NATIVE_PARTS } from "../../release/native-parts.ts";
import { writeBom } from "../../release/sbom.ts";
import { ROOT, TARGETS } from "../../release/targets.ts";
import { VERSION } from "../../src/lib/version.ts";

interface Component {
  group?: string;
  name: string;
  version: string;
}

test("the bill of materials names what is shipped, machine code too, and nothing of development; each part has its licence", async () => {
  const dir = await mkdtemp(join(tmpdir(), "materials-"));
  const bom = await Bun.file(await writeBom(dir)).json();
  await rm(dir, { recursive: true });
  expect(bom.metadata.component).toMatchObject({ name: "realtime-chat", version: VERSION });
  const parts: string[] = bom.components.map(
    ({ group, name, version }: Component) => `${group ? `${group}/` : ""}${name} ${version}`,
  );
  const names = parts.map((part) => part.slice(0, part.lastIndexOf(" ")));
  for (const name of ["elysia", "postgres", "drizzle-orm", "preact", "swagger-ui-dist", "Bun", "PostgreSQL", "OpenSSL"])
    expect(names).toContain(name);
  for (const name of ["typescript", "playwright-core", "react", "drizzle-kit"]) expect(names).not.toContain(name);
  const licenses = await thirdPartyLicenses();
  expect(parts.filter((part) => !licenses.includes(`${part} (`))).toEqual([]);
});

test.each(Object.entries(TARGETS))(
  "every library beside PostgreSQL is among the parts, on %s",
  (target, { postgres }) => {
    const system = target.startsWith("darwin") ? "macOS" : "Linux";
    const known = NATIVE_PARTS.filter(({ within }) => within === "postgresql/" || within.includes(system)).flatMap(
      ({ libraries }) => libraries,
    );
    const shipped = readdirSync(join(ROOT, "release/node_modules", postgres, "native/lib")).filter(
      // (Libraries for programs against PostgreSQL are left out.)
      (name) => /\.(so|dylib)/.test(name) && !/^lib(ecpg|pgtypes)/.test(name),
    );
    expect(shipped.filter((name) => !known.some((start) => name.startsWith(start)))).toEqual([]);
  },
);
