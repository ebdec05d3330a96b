import { expect, test } from "bun:test";
import { Teardown } from "./teardown.ts";

test("what is started while a campaign ends is ended as well, what ends badly keeps nothing else running, and nothing starts later", async () => {
  const ended: string[] = [];
  const ends = (name: string) => void ended.push(name);
  const teardown = new Teardown();
  teardown.defer(() => ends("database"));
  await teardown.own(async () => "broker", ends);
  teardown.defer(() => {
    throw new Error("ends badly");
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  const starting = teardown.own(() => promise, ends).catch(({ message }: Error) => message);

  const end = Teardown.endAll();
  const again = teardown.end().catch(({ message }: Error) => message);
  expect(ended).toEqual([]);
  resolve("server");
  await end;
  expect(ended).toEqual(["server", "broker", "database"]);
  expect(await starting).toBe("the campaign has ended");
  expect(await again).toBe("ends badly");
  await expect(teardown.own(async () => "another", ends)).rejects.toThrow("the campaign has ended");
  expect(ended).toHaveLength(3);
});
