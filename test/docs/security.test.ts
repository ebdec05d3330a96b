// That docs/security.md is complete and says nothing that is not there: its points are the standard's, the tests that it names exist, and
// its lists are the code's.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Settings } from "../../src/config.ts";
import { withEvents } from "../../src/docs/security-events.ts";

const ROOT = join(import.meta.dir, "../..");
const page = await Bun.file(join(ROOT, "docs/security.md")).text();
const lines = page.split("\n");

interface Point {
  number: string;
  verdict: string;
  how: string;
  held: { file: string; text: string }[];
}

const points: Point[] = lines.flatMap((line) => {
  const [, number, , verdict, how, held] =
    /^\| (\d+\.\d+\.\d+) \| ([12]) \| ([\w ]+) \| (.*) \| (.*) \|$/.exec(line) ?? [];
  if (!number) return [];
  const named = [...held!.matchAll(/`([^`]+)`: "((?:[^"]|"(?!;|$))+)"/g)];
  return [
    { number, verdict: verdict!, how: how!, held: named.map(([, file, text]) => ({ file: file!, text: text! })) },
  ];
});

/** Of ASVS 5.0.0, how many points of levels 1 and 2 each chapter has. */
const CHAPTERS = {
  "1": 27,
  "2": 11,
  "3": 19,
  "4": 10,
  "5": 9,
  "6": 35,
  "7": 18,
  "8": 7,
  "9": 7,
  "10": 29,
  "11": 14,
  "12": 9,
  "13": 13,
  "14": 9,
  "15": 13,
  "16": 16,
  "17": 7,
};

test("every point of the standard's levels 1 and 2 is there once", () => {
  const byChapter = Map.groupBy(points, ({ number }) => number.split(".")[0]!);
  expect(Object.fromEntries([...byChapter].map(([chapter, list]) => [chapter, list.length]))).toEqual(CHAPTERS);
  expect(new Set(points.map(({ number }) => number)).size).toBe(points.length);
});

test("each is met by a test, does not apply, or is declined, with words for it", () => {
  const wrong = points.filter(
    ({ verdict, how, held }) =>
      !["met", "not applicable", "declined"].includes(verdict) ||
      how.length < 8 ||
      (verdict === "met" && held.length === 0),
  );
  expect(wrong).toEqual([]);
});

test("every test that it names exists", async () => {
  const files = new Map<string, string>();
  const missing: string[] = [];
  for (const { number, held } of points) {
    for (const { file, text } of held) {
      const path = join(ROOT, file);
      if (!files.has(file)) files.set(file, existsSync(path) ? await Bun.file(path).text() : "");
      if (!files.get(file)!.includes(text)) missing.push(`${number} ${file}: ${text}`);
    }
  }
  expect(missing).toEqual([]);
});

test("the numbers that it states are the table's, and what is declined is said in front of it", () => {
  const count = (verdict: string) => points.filter((point) => point.verdict === verdict).length;
  expect(page).toContain(
    `Of ${points.length} points ${count("met")} are met, ${count("not applicable")} do not apply and ${count("declined")} are declined.`,
  );
  for (const { number, verdict } of points)
    expect([number, page.includes(`- **${number}** `)]).toEqual([number, verdict === "declined"]);
});

describe("its lists", () => {
  const rows = (heading: string) => {
    const start = lines.indexOf(`## ${heading}`);
    const end = lines.findIndex((line, i) => i > start && line.startsWith("## "));
    return lines.slice(start, end);
  };

  test("have every event of the log, with its level and words", () => {
    expect(withEvents(page)).toBe(page);
  });

  test("have every address that the server may be told to connect to: the inventory of connections", () => {
    const connections = rows("What the server connects to").join("\n");
    for (const name of Object.keys(Settings.properties).filter(
      (setting) => /_URL$/.test(setting) && setting !== "PUBLIC_URL",
    ))
      expect([name, connections.includes(`\`${name}\``)]).toEqual([name, true]);
  });

  test("have every way in: calls that give a token without having one", async () => {
    const { startServer } = await import("../support/harness.ts");
    const server = await startServer();
    const { paths } = (await server.call("GET", "/openapi.json")).body;
    await server.close();
    const ways = rows("Ways in").join("\n");
    for (const [path, methods] of Object.entries<Record<string, never>>(paths)) {
      for (const [method, operation] of Object.entries<{ security: unknown[]; responses: object }>(methods)) {
        const givesToken = JSON.stringify(operation.responses).includes("#/components/schemas/AccessToken");
        if (givesToken && operation.security.length === 0)
          expect([path, ways.includes(`${method.toUpperCase()} ${path}`)]).toEqual([path, true]);
      }
    }
  });
});

test("every package is locked with its hash", async () => {
  const lock = await Bun.file(join(ROOT, "bun.lock")).text();
  const { packages } = Bun.JSONC.parse(lock) as { packages: Record<string, unknown[]> };
  const loose = Object.entries(packages).filter(([, entry]) => !/^sha512-/.test(String(entry.at(-1))));
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(loose.map(([name]) => name)).toEqual([]);
});
