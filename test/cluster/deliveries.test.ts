// A direct message is marked delivered by the server on which its recipient is online, even if they have sockets of other rooms alone
// there, and however the server learns of the message. Once that server has said that it has them, a message is stored as delivered; but
// never when they may have gone.
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
  const post = async (body: string) => (await ali.post(`/messages/${conversationId}`, { body })).body.data;
  const delivered = async () => (await sender.next("message.delivered")).data;
  /** Posts, and resolves when it is delivered: stored so, where the other server has said already that it has them, or marked. */
  const deliver = async (body: string) => {
    const { id, delivered_at } = await post(body);
    if (delivered_at === null) expect(await delivered()).toMatchObject({ user_id: veli.id, last_message_id: id });
  };
  await post("waits for them");
  const elsewhere = await open(two.b, veli, `/ws/groups/${groupId}`);
  // What is marked because they have come online has been.
  await delivered();
  return { ali, veli, conversationId, sender, elsewhere, post, delivered, deliver };
}

/** A conversation whose second side is on the other server, which has said so. */
async function newReachedPair(two: TwoServers) {
  const { ali, veli, conversationId } = await newPair(two.a);
  const sender = await open(two.a, ali, "/ws");
  const recipient = await open(two.b, veli, "/ws");
  const post = async () => (await ali.post(`/messages/${conversationId}`, { body: "hello" })).body.data;
  /** Posts until a message is stored as delivered, or is not. */
  const postUntil = async (isDelivered: boolean) => {
    for (;;) {
      const message = await post();
      if ((message.delivered_at !== null) === isDelivered) return message;
      await Bun.sleep(20);
    }
  };
  await postUntil(true);
  return { ali, veli, conversationId, sender, recipient, post, postUntil };
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
      const { deliver } = await newDistantPair(two);
      await deliver(body);
    });

    test("a message that is read from the database is marked delivered, whether or not the pair is remembered", async () => {
      const { veli, conversationId, elsewhere, deliver } = await newDistantPair(two);
      await open(two.b, veli, `/ws/conversations/${conversationId}`);
      await elsewhere.close();
      two.b.core.peerCache.clear();
      await deliver(LONG);
    });
  });

for (const bus of BUSES)
  describe(`a recipient whom another server has, by ${bus}`, () => {
    let two: TwoServers;
    beforeAll(async () => {
      two = await startTwo(bus);
    });
    afterAll(() => two.close());

    test("has messages stored as delivered, with nothing left to mark, and gets them", async () => {
      const { ali, conversationId, sender, recipient, postUntil } = await newReachedPair(two);
      const { id, delivered_at } = await postUntil(true);
      expect((await recipient.next("message.new", ({ data }) => data.id === id)).data.delivered_at).toBe(delivered_at);
      await sender.next("message.new", ({ data }) => data.id === id);
      await sender.expectSilence();
      const { body } = await ali.get(`/messages/${conversationId}`);
      expect(body.data.find((one: { id: number }) => one.id === id)).toMatchObject({ delivered_at });
    });

    test("has none stored as delivered once their last socket has closed, until they are back", async () => {
      const { veli, recipient, post, postUntil, sender } = await newReachedPair(two);
      const second = await open(two.b, veli, "/ws");
      await recipient.close();
      await postUntil(true);
      await second.close();
      const { id } = await postUntil(false);
      expect((await post()).delivered_at).toBeNull();
      const back = await open(two.b, veli, "/ws");
      expect((await sender.next("message.delivered", ({ data }) => data.last_message_id > id)).data.user_id).toBe(
        veli.id,
      );
      await back.close();
    });
  });

describe("a bus that loses what it carries", () => {
  test("a server that is not heard any more is not believed", async () => {
    const two = await startTwo("memory");
    try {
      const { postUntil, post } = await newReachedPair(two);
      two.network!.cut();
      await postUntil(false);
      expect((await post()).delivered_at).toBeNull();
      two.network!.restore();
      await postUntil(true);
    } finally {
      await two.close();
    }
  });

  test("a recipient is not believed to be there when the news that they have gone is lost", async () => {
    const two = await startTwo("memory");
    try {
      const { veli, recipient, postUntil, post } = await newReachedPair(two);
      await two.network!.lose(async () => {
        await recipient.close();
        while (two.b.core.isOnline(veli.id)) await Bun.sleep(5);
      });
      await postUntil(false);
      expect((await post()).delivered_at).toBeNull();
    } finally {
      await two.close();
    }
  });

  test("a message to someone with a socket of another room is marked delivered once the bus is back", async () => {
    const two = await startTwo("memory");
    try {
      const { veli, post, delivered } = await newDistantPair(two);
      two.network!.cut();
      const { id } = await post("while it is cut");
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
      await two.network!.lose(async () => (id = (await post("unheard")).id));
      expect(await delivered()).toMatchObject({ user_id: veli.id, last_message_id: id });
    } finally {
      await two.close();
    }
  });
});
