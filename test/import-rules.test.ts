// Who may import whom: what `bun run check` refuses, and what it lets pass.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");
const LINT_TIMEOUT_MS = 30_000;

/** By file, from `src/` on: an import that is refused there. */
const REFUSED: [file: string, specifier: string][] = [
  ["protocol/a.ts", "../lib/json.ts"],
  ["protocol/b.ts", "elysia"],
  ["lib/a.ts", "../db/errors.ts"],
  ["lib/b.ts", "../config.ts"],
  ["bus/a.ts", "../db/client.ts"],
  ["db/a.ts", "../timeline/epoch.ts"],
  ["db/embedded/a.ts", "../../timeline/epoch.ts"],
  ["workers/a.ts", "../app.ts"],
  ["audit/a.ts", "../sessions/sessions.ts"],
  ["workers/b.ts", "../bus/cluster.ts"],
  ["timeline/a.ts", "../sessions/sessions.ts"],
  ["timeline/b.ts", "../modules/messages/service.ts"],
  ["timeline/inner/a.ts", "../../realtime/hub.ts"],
  ["sessions/a.ts", "../modules/accounts/passwords.ts"],
  ["mail/a.ts", "../db/client.ts"],
  ["backup/a.ts", "../sessions/sessions.ts"],
  ["tracing/a.ts", "../timeline/timeline.ts"],
  ["feeds/a.ts", "../realtime/hub.ts"],
  ["http/a.ts", "../core.ts"],
  ["http/b.ts", "../db/client.ts"],
  ["realtime/a.ts", "../modules/messages/service.ts"],
  ["realtime/b.ts", "../core.ts"],
  ["realtime/c.ts", "../db/client.ts"],
  ["realtime/d.ts", "../http/rules.ts"],
  ["modules/users/a.ts", "../accounts/service.ts"],
  ["modules/another/a.ts", "../users/service.ts"],
  ["modules/friends/a.ts", "../blocks/service.ts"],
  ["modules/blocks/policy.ts", "../friends/service.ts"],
  ["modules/groups/a.ts", "../messages/service.ts"],
  ["modules/groups/b.ts", "../../realtime/hub.ts"],
  ["modules/messages/a.ts", "../groups/members.ts"],
  ["modules/messages/b.ts", "../../realtime/hub.ts"],
  ["modules/receipts/a.ts", "../../app.ts"],
  ["modules/reactions/a.ts", "../messages/routes.ts"],
  ["modules/reports/a.ts", "../messages/service.ts"],
  ["modules/privacy/a.ts", "../friends/service.ts"],
  ["modules/factors/a.ts", "../accounts/service.ts"],
  ["modules/sso/a.ts", "../accounts/service.ts"],
  ["modules/factors/policy.ts", "../accounts/confirm.ts"],
  ["docs/a.ts", "../modules/users/routes.ts"],
  ["sdk/a.ts", "../lib/time.ts"],
  ["sdk/rooms/a.ts", "../../lib/time.ts"],
  ["react/a.ts", "../sdk/wire.ts"],
  ["markdown/a.ts", "../sdk/wire.ts"],
  ["web/a.ts", "../modules/users/service.ts"],
  ["web/client/a.tsx", "../../protocol/limits.ts"],
  ["web/client/views/a.tsx", "../../../sdk/wire.ts"],
  ["web/client/views/room/a.tsx", "../../../../protocol/limits.ts"],
  ["web/client/views/room/composer/a.tsx", "../../../../../protocol/limits.ts"],
  ["web/client/views/room/composer/rich/a.tsx", "../../../../../../protocol/limits.ts"],
];

/** Imports that look alike and are allowed. */
const ALLOWED: [file: string, specifier: string][] = [
  ["protocol/c.ts", "@sinclair/typebox"],
  ["protocol/d.ts", "./limits.ts"],
  ["lib/c.ts", "../protocol/limits.ts"],
  ["db/b.ts", "../lib/time.ts"],
  ["db/embedded/b.ts", "../client.ts"],
  ["modules/accounts/b.ts", "../../mail/mail.ts"],
  ["modules/accounts/c.ts", "../../audit/audit.ts"],
  ["backup/b.ts", "../files/removals.ts"],
  ["http/c.ts", "../db/errors.ts"],
  ["realtime/e.ts", "../timeline/timeline.ts"],
  ["realtime/routes.ts", "../http/origin.ts"],
  ["modules/friends/b.ts", "../blocks/policy.ts"],
  ["modules/blocks/service.ts", "../friends/service.ts"],
  ["modules/messages/c.ts", "../../realtime/types.ts"],
  ["modules/receipts/b.ts", "../groups/policy.ts"],
  ["modules/reactions/b.ts", "../messages/params.ts"],
  ["modules/privacy/b.ts", "../users/policy.ts"],
  ["modules/factors/b.ts", "../accounts/confirm.ts"],
  ["modules/sso/b.ts", "../accounts/create.ts"],
  ["sdk/rooms/b.ts", "../../protocol/rooms.ts"],
  ["react/b.ts", "../sdk/index.ts"],
  ["markdown/b.ts", "../protocol/markdown.ts"],
  ["web/client/c.ts", "../../markdown/index.ts"],
  ["web/client/views/b.tsx", "../../../sdk/index.ts"],
  ["web/client/views/room/b.tsx", "../../lib/time.ts"],
  ["web/client/views/room/composer/b.tsx", "../../../../../sdk/index.ts"],
  ["web/client/views/room/composer/rich/b.tsx", "../../../../../../markdown/index.ts"],
  ["app.ts", "./realtime/hub.ts"],
];

let dir: string;
let refusals: string[];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "import-rules-"));
  await Bun.write(join(dir, ".biome.jsonc"), Bun.file(join(ROOT, ".biome.jsonc")));
  // (Biome insists on finding one.)
  await Bun.write(join(dir, ".gitignore"), "node_modules\n");
  for (const [file, specifier] of [...REFUSED, ...ALLOWED])
    await Bun.write(join(dir, "src", file), `export * from "${specifier}";\n`);
  const circle = (other: string) => `import type { T as U } from "./${other}.ts";\n\nexport type T = U | string;\n`;
  await Bun.write(join(dir, "src/timeline/circle-a.ts"), circle("circle-b"));
  await Bun.write(join(dir, "src/timeline/circle-b.ts"), circle("circle-a"));
  await Bun.write(
    join(dir, "src/lib/type-only.ts"),
    'import type { T } from "../db/client.ts";\n\nexport type U = T;\n',
  );
  await Bun.write(join(dir, "src/lib/dynamic.ts"), 'export const load = () => import("../db/client.ts");\n');
  const { stdout } = Bun.spawnSync(
    [join(ROOT, "node_modules/.bin/biome"), "lint", "--reporter=json", "--max-diagnostics=none", "src"],
    { cwd: dir },
  );
  const { diagnostics } = JSON.parse(stdout.toString()) as {
    diagnostics: { category: string; location: { path: string } }[];
  };
  refusals = diagnostics.map(({ category, location }) => `${category.split("/").at(-1)} ${location.path}`);
}, LINT_TIMEOUT_MS);

afterAll(() => rm(dir, { recursive: true, force: true }));

const restricted = (file: string) => `noRestrictedImports src/${file}`;

test.each(REFUSED)("src/%s may not import %s", (file) => {
  expect(refusals).toContain(restricted(file));
});

test.each(ALLOWED)("src/%s may import %s", (file) => {
  expect(refusals).not.toContain(restricted(file));
});

test("a type alone and a dynamic import are refused like any other", () => {
  expect(refusals).toContain(restricted("lib/type-only.ts"));
  expect(refusals).toContain(restricted("lib/dynamic.ts"));
});

test("two files that import each other are refused, even for types alone", () => {
  expect(refusals).toContain("noImportCycles src/timeline/circle-a.ts");
  expect(refusals).toContain("noImportCycles src/timeline/circle-b.ts");
});
