// `bun run docs:lint`: hands the OpenAPI document of a running server to the two usual linters; ends with 1 if either finds an
// error. Not among the tests, because it fetches the linters.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerProcess } from "../support/server-process.ts";

const dir = await mkdtemp(join(tmpdir(), "chat-docs-"));
const server = await ServerProcess.create();
let failed = 0;
try {
  await server.start();
  const document = await (await fetch(`${server.url}/openapi.json`)).text();
  await Bun.write(join(dir, "openapi.json"), document);
  await Bun.write(join(dir, "rules.yaml"), 'extends: ["spectral:oas"]\n');
  for (const command of [
    ["npx", "-y", "@redocly/cli@2.77.0", "lint", "openapi.json"],
    ["npx", "-y", "@stoplight/spectral-cli@6.16.3", "lint", "openapi.json", "-r", "rules.yaml"],
  ]) {
    const linter = Bun.spawn(command, {
      cwd: dir,
      env: { ...process.env, REDOCLY_TELEMETRY: "off" },
      stdout: "inherit",
      stderr: "inherit",
    });
    failed += (await linter.exited) === 0 ? 0 : 1;
  }
} finally {
  await server.remove();
  await rm(dir, { recursive: true, force: true });
}
process.exit(failed > 0 ? 1 : 0);
