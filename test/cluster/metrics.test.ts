// What /metrics says of the bus between servers.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newPair, type TestServer } from "../support/harness.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

let two: TwoServers;
beforeAll(async () => {
  two = await startTwo("memory");
});
afterAll(() => two.close());

async function metricsOf({ url }: TestServer) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return {
    value: (name: string) =>
      Number(
        text
          .split("\n")
          .find((line) => line.startsWith(`${name} `))
          ?.slice(name.length + 1),
      ),
    type: (name: string) => new RegExp(`^# TYPE ${name} (\\w+)$`, "m").exec(text)?.[1],
  };
}

test("what the bus has carried, what was read in its place and how long events waited are counted", async () => {
  const { ali, veli, conversationId } = await newPair(two.a);
  const onB = await (await two.b.connect(veli, `/ws/conversations/${conversationId}`)).ready();
  const post = (body: string) => ali.post(`/messages/${conversationId}`, { body });
  await two.network!.lose(() => post("lost"));
  await post("ahead of it");
  await onB.next("message.new");
  await onB.next("message.new");
  const [sender, hearer] = [await metricsOf(two.a), await metricsOf(two.b)];
  expect(sender.value("chat_bus_sent_total")).toBeGreaterThanOrEqual(2);
  expect(hearer.value("chat_bus_heard_total")).toBeGreaterThanOrEqual(1);
  expect(hearer.value("chat_line_filled_total")).toBe(1);
  expect(hearer.value("chat_line_rooms")).toBe(1);
  expect(hearer.value("chat_verify_lag_seconds")).toBeWithin(0, 61);
  for (const name of ["chat_bus_sent", "chat_bus_heard", "chat_bus_dropped", "chat_line_filled", "chat_line_dropped"])
    expect(hearer.type(`${name}_total`)).toBe("counter");
  expect(hearer.type("chat_line_wait_seconds")).toBe("histogram");
});

test("an event that comes before the one below it is counted with how long it has waited, and others are not", async () => {
  const { ali, veli, conversationId } = await newPair(two.a);
  const onB = await (await two.b.connect(veli, `/ws/conversations/${conversationId}`)).ready();
  const waited = async () => (await metricsOf(two.b)).value("chat_line_wait_seconds_count");
  const before = await waited();
  await ali.post(`/messages/${conversationId}`, { body: "in turn" });
  await onB.next("message.new");
  expect(await waited()).toBe(before);
  await two.network!.lose(() => ali.post(`/messages/${conversationId}`, { body: "lost" }));
  await two.onB(veli).post(`/messages/${conversationId}`, { body: "ahead of it" });
  await onB.next("message.new");
  await onB.next("message.new");
  expect(await waited()).toBe(before + 1);
});

test("what no connection takes is counted", async () => {
  const { ali, conversationId } = await newPair(two.a);
  const dropped = async () => (await metricsOf(two.a)).value('chat_bus_dropped_total{by="wire"}');
  const before = await dropped();
  two.network!.cut();
  await ali.post(`/messages/${conversationId}`, { body: "into the void" });
  const after = await dropped();
  two.network!.restore();
  expect(after).toBeGreaterThan(before);
});
