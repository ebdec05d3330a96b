// A direct message is marked delivered by the server on which its recipient is online, even if they have sockets of other rooms alone
// there, and however the server learns of the message.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newGroup, newPair, type TestServer, type User } from "../support/harness.ts";
import { BUSES, startTwo, type TwoServers } from "./two-servers.ts";

const CHECK_MS = 300;
// Three bytes each, so that a notification has no room for the frame.
const LONG = "\u20ac".repeat(4_000);

const open = async (server: TestServer, user: User, path: string) => (await server.connect(user, path)).ready();

/** A conversation: the first has its socket on one server, the second only that of a group on the other. */
async function newDistantPair(two: TwoServers) {
  const { ali, veli, conversationId } = await newPair(two.a);
  const { owner, groupId } = await newGroup(two.a, 1);
  await owner.post(`/groups/${groupId}/members`, { user_id: veli.id });
  const sender = await open(two.a, ali, "/ws");
  const elsewhere = await open(two.b, veli, `/ws/groups/${groupId}`);
  const post = async (body: string) => (await ali.post(`/messages/${conversationId}`, { body })).body.data.id as number;
  const delivered = async () => (await sender.next("message.delivered")).data;
  // What is marked because they have come online has been.
  await post("first");
  await delivered();
  return { ali, veli, conversationId, sender, elsewhere, post, delivered };
}

for (const bus of BUSES)
  describe(bus, () => {
    let two: TwoServers;
    beforeAll(async () => {
      two = await startTwo(bus);
    });
    afterAll(() => two.close());

    test.each([
      ["short", "hello"],
      ["too long for a notification", LONG],
    ])("a message to someone with a socket of another room is marked delivered: %s", async (_name, body) => {
      const { veli, post, delivered } = await newDistantPair(two);
      const id = await post(body);
      expect(await delivered()).toMatchObject({ user_id: veli.id, last_message_id: id });
    });

    test("a message that is read from the database is marked delivered, whether or not the pair is remembered", async () => {
      const { veli, conversationId, elsewhere, post, delivered } = await newDistantPair(two);
      await open(two.b, veli, `/ws/conversations/${conversationId}`);
      await elsewhere.close();
      two.b.core.peerCache.clear();
      const id = await post(LONG);
      expect(await delivered()).toMatchObject({ user_id: veli.id, last_message_id: id });
    });
  });

describe("a bus that loses what it carries", () => {
  test("a message to someone with a socket of another room is marked delivered once the bus is back", async () => {
    const two = await startTwo("memory");
    try {
      const { veli, post, delivered } = await newDistantPair(two);
      two.network!.cut();
      const id = await post("while it is cut");
      two.network!.restore();
      expect(await delivered()).toMatchObject({ user_id: veli.id, last_message_id: id });
    } finally {
      await two.close();
    }
  });

  test("one that nothing tells of is found in time", async () => {
    const two = await startTwo("memory", {}, {}, { deliveryMs: CHECK_MS });
    try {
      const { veli, post, delivered } = await newDistantPair(two);
      let id = 0;
      await two.network!.lose(async () => (id = await post("unheard")));
      expect(await delivered()).toMatchObject({ user_id: veli.id, last_message_id: id });
    } finally {
      await two.close();
    }
  });
});
