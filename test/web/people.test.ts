// What the client works out about people and keys, without a page.
import { describe, expect, test } from "bun:test";
import type { RoomMember } from "../../src/sdk/index.ts";
import { namesakesIn } from "../../src/web/client/lib/namesakes.ts";
import { isShortcut, type KeyPress } from "../../src/web/client/lib/shortcuts.ts";
import { centeredCrop, insideOf, MAX_ZOOM, pan, sideOf, zoomAt } from "../../src/web/client/views/account/crop.ts";
import { Chance } from "../support/random.ts";

test("whatever one does to a picture, the chosen square lies within it", () => {
  const chance = new Chance(7, "gestures");
  const random = () => chance.next();
  const between = (min: number, max: number) => min + random() * (max - min);
  for (let run = 0; run < 300; run++) {
    const size = { width: Math.ceil(between(1, 5000)), height: Math.ceil(between(1, 5000)) };
    let crop = centeredCrop(size);
    expect(sideOf(size, crop)).toBe(Math.min(size.width, size.height));
    for (let step = 0; step < 20; step++) {
      crop =
        random() < 0.5
          ? pan(size, crop, between(-2, 2), between(-2, 2))
          : zoomAt(size, crop, between(0.2, 4), between(-0.5, 0.5), between(-0.5, 0.5));
      const half = sideOf(size, crop) / 2;
      for (const [centre, length] of [
        [crop.x, size.width],
        [crop.y, size.height],
      ] as const) {
        expect(centre - half).toBeGreaterThan(-1e-6);
        expect(centre + half).toBeLessThan(length + 1e-6);
      }
      expect(crop.zoom >= 1 && crop.zoom <= MAX_ZOOM).toBe(true);
    }
  }
});

test("a picture moves with the finger, and zooming keeps what is below it in its place", () => {
  const size = { width: 1000, height: 600 };
  const moved = pan(size, centeredCrop(size), 0.25, 0);
  expect(moved).toEqual({ x: 350, y: 300, zoom: 1 });
  const before = insideOf(size, { x: 500, y: 300, zoom: 2 });
  const after = zoomAt(size, before, 1.5, 0.25, -0.25);
  const below = ({ x, y, zoom }: typeof before) => [
    x + 0.25 * sideOf(size, { x, y, zoom }),
    y - 0.25 * sideOf(size, { x, y, zoom }),
  ];
  expect(after.zoom).toBe(3);
  for (const [index, place] of below(after).entries()) expect(place).toBeCloseTo(below(before)[index]!);
});

const member = (user_id: number, username: string, display_name?: string) =>
  ({ user_id, username, ...(display_name && { display_name }) }) as RoomMember;

test("members who show the same name are namesakes, however it is written", () => {
  const members = [
    member(1, "mia", "Mia Lund"),
    member(2, "otto", "mia  lund"),
    member(3, "ben"),
    member(4, "kim", "Ben Kim"),
    member(5, "wide", "Ｍｉａ Lund"),
  ];
  expect([...namesakesIn(members)].sort()).toEqual([1, 2, 5]);
});

describe("shortcuts", () => {
  const press = (key: string, modifiers: Partial<KeyPress> = {}): KeyPress => ({
    key,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    ...modifiers,
  });

  test("are their key with exactly their modifiers, Command for Control as well", () => {
    expect(isShortcut(press("k", { ctrlKey: true }), "search")).toBe(true);
    expect(isShortcut(press("K", { metaKey: true }), "search")).toBe(true);
    expect(isShortcut(press("k"), "search")).toBe(false);
    expect(isShortcut(press("K", { ctrlKey: true, shiftKey: true }), "search")).toBe(false);
    expect(isShortcut(press("k", { ctrlKey: true, altKey: true }), "search")).toBe(false);
    expect(isShortcut(press("X", { ctrlKey: true, shiftKey: true }), "strike")).toBe(true);
    expect(isShortcut(press("Enter", { shiftKey: true }), "send")).toBe(false);
  });

  test("that are signs are found on keyboards that need other keys for them", () => {
    expect(isShortcut(press("?", { shiftKey: true }), "help")).toBe(true);
    expect(isShortcut(press("/", { ctrlKey: true, shiftKey: true }), "help")).toBe(true);
    expect(isShortcut(press("?", { ctrlKey: true }), "help")).toBe(false);
  });
});
