// `bun run admin` within the test: a command on a server's database, and what it prints.
import { runAdmin } from "../../src/admin.ts";
import type { TestServer } from "./harness.ts";

export async function admin(
  { core, target }: Pick<TestServer, "core" | "target">,
  ...typed: string[]
): Promise<string> {
  let printed = "";
  await runAdmin({ db: core.db, sql: core.sql, config: core.config, target }, typed, (piece) => {
    printed += piece;
  });
  return printed.trimEnd();
}
