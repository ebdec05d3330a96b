// The settings are described where operators look, in the words of the schema.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Settings } from "../../src/config.ts";
import { settingsTable, withSettings } from "../../src/docs/settings-table.ts";

const root = join(import.meta.dir, "../..");
const read = (file: string) => Bun.file(join(root, file)).text();

test("the table in docs/operations.md is the schema's", async () => {
  const operations = await read("docs/operations.md");
  expect(withSettings(operations)).toBe(operations);
  for (const name of Object.keys(Settings.properties)) expect(settingsTable()).toContain(`| \`${name}\` |`);
});

test("every setting stands in .env.example, and compose passes on what is not its own to decide", async () => {
  const [example, compose] = await Promise.all([read(".env.example"), read("docker-compose.yml")]);
  for (const name of Object.keys(Settings.properties)) expect(example).toMatch(new RegExp(`^#?${name}=`, "m"));
  for (const name of Object.keys(Settings.properties).filter((name) => name !== "DATA_DIR"))
    expect(compose).toContain(name);
});
