// What a server sends while its preferred wire is down goes by the other one, and both are heard.
import { expect, test } from "bun:test";
import { FallbackWire } from "../../src/bus/fallback-wire.ts";
import { MemoryNetwork } from "../support/memory-wire.ts";

test("payloads go by the fallback while the preferred wire is down, and every server hears both", async () => {
  const [fast, slow] = [new MemoryNetwork(), new MemoryNetwork()];
  const heard: string[] = [];
  const wires = [0, 1].map(() => new FallbackWire(fast.newWire(), slow.newWire()));
  const listener = { onPayload: (payload: string) => void heard.push(payload), onGap: () => {} };
  for (const wire of wires) await wire.start(listener);
  wires[0]!.send("l.1", "fast");
  await Promise.resolve();
  fast.cut();
  expect(wires[0]!.isUp).toBe(false);
  wires[0]!.send("l.1", "slow");
  await Promise.resolve();
  fast.restore();
  wires[0]!.send("l.1", "fast again");
  await Promise.resolve();
  expect(heard).toEqual(["fast", "slow", "fast again"]);
  expect([fast.carried, slow.carried]).toEqual([2, 1]);
});
