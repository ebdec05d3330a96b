// The one form of a timestamp, made of what PostgreSQL says and of milliseconds; and which moments are taken as input.
import { expect, test } from "bun:test";
import { isoFromMillis, isoFromPg } from "../../src/lib/time.ts";
import { FIRST_TIMESTAMP, LAST_TIMESTAMP } from "../../src/protocol/limits.ts";
import { isTimestamp } from "../../src/protocol/types.ts";
import { MOMENT } from "../support/harness.ts";

test.each([
  ["2026-01-13 17:00:29.31789+00", "2026-01-13T17:00:29.317890+00:00"],
  ["2026-01-13 17:00:29.317891+00", "2026-01-13T17:00:29.317891+00:00"],
  ["2026-01-13 17:00:29.3+00", "2026-01-13T17:00:29.300000+00:00"],
  ["2026-01-13 17:00:29+00", "2026-01-13T17:00:29.000000+00:00"],
  ["2026-01-13 17:00:29.000001+00", "2026-01-13T17:00:29.000001+00:00"],
])("PostgreSQL's %s is %s on the wire", (text, iso) => {
  expect(isoFromPg(text)).toBe(iso);
  expect(iso).toMatch(MOMENT);
});

test.each([
  ["infinity", LAST_TIMESTAMP],
  ["10000-01-01 00:00:00+00", LAST_TIMESTAMP],
  ["294276-12-31 23:59:59.999999+00", LAST_TIMESTAMP],
  ["-infinity", FIRST_TIMESTAMP],
  ["0001-12-31 23:59:59.5+00 BC", FIRST_TIMESTAMP],
  ["4713-01-01 00:00:00+00 BC", FIRST_TIMESTAMP],
])("PostgreSQL's %s, which the wire's form can't say, is %s", (text, iso) => {
  expect(isoFromPg(text)).toBe(iso);
  expect(iso).toMatch(MOMENT);
});

test("milliseconds are shown with microseconds", () => {
  expect(isoFromMillis(Date.UTC(2026, 0, 13, 17, 0, 29, 317))).toBe("2026-01-13T17:00:29.317000+00:00");
});

test.each([
  "2026-01-13T17:00:29.317890+00:00",
  "2026-01-13T17:00:29Z",
  "2026-01-13T17:00Z",
  "2024-02-29T00:00:00+14:00",
  "2026-12-31T23:59:59.999999999-12:00",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999Z",
  "9999-12-31T23:59:58.999999999Z",
])("%s is a moment", (text) => {
  expect(isTimestamp(text)).toBe(true);
});

test.each([
  "2026-01-13",
  "2026-01-13T17:00:29",
  "2026-01-13 17:00:29Z",
  "2026-02-29T00:00:00Z",
  "2026-04-31T00:00:00Z",
  "2026-00-10T00:00:00Z",
  "2026-01-00T00:00:00Z",
  "2026-01-13T17:60:00Z",
  "2026-01-13T17:00:29+16:00",
  "2026-01-13T17:00:29+0100",
  "0000-01-01T00:00:00Z",
  "0001-01-01T00:00:00+00:01",
  "9999-12-31T23:59:59.9999999Z",
  "9999-12-31T23:59:59-00:01",
  "9999-12-31T23:59:59.999999999+00:00",
  "9999-12-31T23:59:60Z",
  "9999-12-31T24:00:00Z",
  "12026-01-13T17:00:29Z",
  "2026-01-13T17:00:29.Z",
  "infinity",
  "",
])("%p is none", (text) => {
  expect(isTimestamp(text)).toBe(false);
});
