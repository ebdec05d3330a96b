// deploy/monitoring: the dashboard and the alerts name no metric that no server has.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { startServer, type TestServer } from "../support/harness.ts";

const FOLDER = join(import.meta.dir, "../../deploy/monitoring");
const METRIC = /\b(?:chat|process)_[a-z_]+\b/g;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ search: true }, undefined, {
    nodeId: crypto.randomUUID(),
    cluster: { others: () => 0 },
  });
});
afterAll(() => server.close());

/** The names of all samples, such as `chat_batch_seconds_bucket`. */
async function samples(): Promise<Set<string>> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    types.flatMap(([, name, type]) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name!],
    ),
  );
}

const namesIn = (expressions: string[]) => [...new Set(expressions.flatMap((text) => text.match(METRIC) ?? []))];

interface Panel {
  title: string;
  targets?: { expr: string }[];
}

test("every metric of the dashboard exists", async () => {
  const { panels } = (await Bun.file(join(FOLDER, "grafana-dashboard.json")).json()) as { panels: Panel[] };
  const names = namesIn(panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)));
  expect(names.length).toBeGreaterThan(15);
  const known = await samples();
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

test("every metric of the alerts exists, and each alert says what it is about", async () => {
  const { groups } = Bun.YAML.parse(await Bun.file(join(FOLDER, "alerts.yml")).text()) as {
    groups: { rules: { alert: string; expr: string; annotations: { summary: string; description: string } }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  for (const { annotations } of rules) expect(annotations.summary && annotations.description).toBeTruthy();
  const names = namesIn(rules.map(({ expr }) => expr));
  expect(names.length).toBeGreaterThan(10);
  const known = await samples();
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

test("every metric but those of single workers has a place on the dashboard", async () => {
  const text = await Bun.file(join(FOLDER, "grafana-dashboard.json")).text();
  const missing = [...(await samples())].filter(
    (name) => !/_(sum|count)$/.test(name) && !text.includes(name) && !UNSHOWN.includes(name),
  );
  expect(missing).toEqual([]);
});

/** What alerts are for, or is of use beside others only. */
const UNSHOWN = [
  "chat_nodes",
  "chat_bus_up",
  "chat_rooms",
  "chat_line_rooms",
  "chat_line_dropped_total",
  "chat_line_wait_seconds_bucket",
  "chat_search_events_total",
  "chat_search_skipped_events_total",
];
