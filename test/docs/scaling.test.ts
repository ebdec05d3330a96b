// docs/scaling.md says what the simulation gives, and which tables of rooms could be distributed by room. With WRITE=1 it is rewritten.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import * as schema from "../../src/db/schema.ts";
import { SCALES, simulate, tableOf } from "../bench/simulate.ts";

const PAGE = join(import.meta.dir, "../../docs/scaling.md");

/** A table of rooms with its keys: whether each contains the room. */
function keysOf(table: PgTable) {
  const { name, columns, primaryKeys, uniqueConstraints, indexes } = getTableConfig(table);
  const namesOf = (list: unknown[]) => list.map((column) => (column as { name?: string }).name ?? "an expression");
  const keys = [
    ...columns.filter(({ primary }) => primary).map((column) => ["primary key", [column.name]] as const),
    ...primaryKeys.map((key) => ["primary key", namesOf(key.columns)] as const),
    ...uniqueConstraints.map((key) => [key.getName() ?? "unique", namesOf(key.columns)] as const),
    ...indexes
      .filter(({ config }) => config.unique)
      .map(({ config }) => [config.name!, namesOf(config.columns)] as const),
  ];
  return { name, columns: columns.map((column) => column.name), keys };
}

const roomTables = Object.values<unknown>(schema)
  .filter((value): value is PgTable => is(value, PgTable))
  .map(keysOf)
  .filter(({ name, columns }) => name === "rooms" || columns.includes("room_id"))
  .sort((a, b) => a.name.localeCompare(b.name));

const hasRoom = (table: string, columns: readonly string[]) => columns.includes(table === "rooms" ? "id" : "room_id");

const rooms = () =>
  [
    "| table | key | contains the room |",
    "| --- | --- | --- |",
    ...roomTables.flatMap(({ name, keys }) =>
      keys.map(
        ([key, columns]) =>
          `| \`${name}\` | \`${key}\` (${columns.join(", ")}) | ${hasRoom(name, columns) ? "yes" : "**no**"} |`,
      ),
    ),
  ].join("\n");

const TABLES: Record<string, () => string> = {
  simulation: () => tableOf(SCALES.map((users) => simulate(users))),
  rooms,
};
const written = (page: string) =>
  page.replaceAll(
    /<!-- generated: (\w+) -->\n[\s\S]*?<!-- end -->/g,
    (_, name) => `<!-- generated: ${name} -->\n\n${TABLES[name]!()}\n\n<!-- end -->`,
  );

test("the tables of docs/scaling.md are the simulation's and the schema's", async () => {
  const page = await Bun.file(PAGE).text();
  if (process.env.WRITE) await Bun.write(PAGE, written(page));
  else expect(written(page)).toBe(page);
});

test("every table of rooms could be distributed by room but for some keys, which the page explains", async () => {
  const without = roomTables.flatMap(({ name, keys }) =>
    keys.filter(([, columns]) => !hasRoom(name, columns)).map(([key]) => `${name}: ${key}`),
  );
  expect(without).toEqual([
    "conversations: conversations_pair",
    "events: primary key",
    "invites: primary key",
    "reports: primary key",
    "reports: reports_open_target",
    "reports: reports_client_id",
  ]);
  expect(roomTables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["events", "members", "groups", "conversations"]),
  );
});

test("the simulation gives the same for the same seed, and a server alone hears nothing", () => {
  expect(simulate(1e6)).toEqual(simulate(1e6));
  expect(simulate(1e4)).toMatchObject({ servers: 1, otherServers: 0, heardPerServer: 0 });
});
