// People in the stores of the SDK show what they show on the server.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { DebugEntry, RoomKey } from "../../src/sdk/index.ts";
import { startFileServer, uploadForm } from "../support/files.ts";
import { newGroup, newPair, type TestServer } from "../support/harness.ts";
import { imageOf } from "../support/images.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { chatOf, closeChats, isOpen, look, memoryStorage, openChat, until } from "./chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startFileServer();
});
afterEach(closeChats);
afterAll(() => server.close());

test("friends and peers get the names and statuses that people give themselves, and lose what these take away", async () => {
  const { ali, veli } = await newPair(server);
  await veli.post(`/friends/requests/${ali.id}`);
  await ali.post(`/friends/requests/${veli.id}`);
  const chat = chatOf(ali, server.url);
  await isOpen(chat);
  chat.friends.load();
  await until(chat.friends, "read", ({ isLoaded }) => isLoaded);
  await until(chat.rooms, "read", ({ isLoaded }) => isLoaded);
  const shown = () => {
    const [room] = chat.rooms.getSnapshot().rooms;
    const [friend] = chat.friends.getSnapshot().items;
    return [room?.kind === "conversation" ? room.peer : null, friend].map((person) => [
      person?.display_name,
      person?.status?.text,
    ]);
  };
  await veli.put("/me", { display_name: "Veli Öz", status: { text: "Here" } });
  await until(chat.friends, "named", ({ items }) => items[0]!.status !== undefined);
  await until(chat.rooms, "named", () => shown()[0]![1] === "Here");
  expect(shown()).toEqual([
    ["Veli Öz", "Here"],
    ["Veli Öz", "Here"],
  ]);
  expect(chat.friends.getSnapshot().items[0]).toMatchObject({ friends_since: expect.any(String), online: false });
  await veli.put("/me", { display_name: null });
  await until(chat.friends, "unnamed", ({ items }) => items[0]!.display_name === undefined);
  await until(chat.rooms, "unnamed", () => shown()[0]![0] === undefined);
  expect(shown()).toEqual([
    [undefined, "Here"],
    [undefined, "Here"],
  ]);
});

/** The calls that read people. */
function watchReads() {
  const reads: string[] = [];
  const debug = (entry: DebugEntry) => {
    if (entry.type === "call" && entry.path.startsWith("/users")) reads.push(entry.path);
  };
  return { reads, debug };
}

test("the people that somebody looks at are read together and once, those of lists not at all, and follow their changes", async () => {
  const { owner, others: rest, groupId } = await newGroup(server, 3);
  const { reads, debug } = watchReads();
  const chat = await openChat(owner, server.url, { debug });
  const friend = await server.newUser();
  await friend.post(`/friends/requests/${owner.id}`);
  await owner.post(`/friends/requests/${friend.id}`);
  chat.friends.load();
  await until(chat.friends, "read", ({ items }) => items.length === 1);
  const stores = [friend, ...rest].map(({ id }) => chat.people.of(id));
  expect(chat.people.of(friend.id)).toBe(stores[0]!);
  for (const store of [...stores, ...stores]) store.subscribe(() => {});
  await Promise.all(stores.map((store) => until(store, "known", (person) => person !== null)));
  expect(reads).toEqual([`/users?ids=${rest.map(({ id }) => id).join("%2C")}`]);
  await rest[0]!.put("/me", { display_name: "Ayşe Kaya" });
  expect(await until(stores[1]!, "named", (person) => person?.display_name !== undefined)).toEqual({
    id: rest[0]!.id,
    username: rest[0]!.username,
    display_name: "Ayşe Kaya",
  });
  const room = await look(chat, `group:${groupId}`);
  const member = () => room.getSnapshot().members.find(({ user_id }) => user_id === rest[0]!.id);
  await until(room, "members", () => member()?.display_name === "Ayşe Kaya");
  await rest[0]!.put("/me", { display_name: null });
  await until(room, "unnamed", () => member()?.display_name === undefined);
  expect(reads).toHaveLength(1);
});

test("changes during a pause of the connection are read for the people who are looked at, and shown in the lists", async () => {
  const { ali, veli } = await newPair(server);
  const proxy = await TcpProxy.start(server.url);
  const { reads, debug } = watchReads();
  const chat = await openChat(ali, proxy.url, { debug });
  const store = chat.people.of(veli.id);
  store.subscribe(() => {});
  chat.me.subscribe(() => {});
  proxy.isUp = false;
  proxy.cut();
  await until(chat.connection, "lost", ({ state }) => state !== "open");
  await veli.put("/me", { display_name: "Veli Öz" });
  await ali.put("/me", { display_name: "Ali Öz" });
  proxy.isUp = true;
  await until(store, "named", (person) => person?.display_name === "Veli Öz");
  await until(chat.rooms, "named", ({ rooms }) => rooms[0]!.title === "Veli Öz");
  await until(chat.me, "named", (me) => me?.display_name === "Ali Öz");
  expect([...new Set(reads)]).toEqual([`/users?ids=${veli.id}`]);
  await proxy.close();
});

test("what an event has changed is not undone by a list that was read before", async () => {
  const { ali, veli } = await newPair(server);
  const { people } = await openChat(ali, server.url);
  const store = people.of(veli.id);
  const before = await people.get(veli.username);
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const slow = chatOf(ali, server.url, {
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      if (url.endsWith(`/users/${veli.id}`)) {
        asked.resolve();
        await released.promise;
      }
      return response;
    },
  });
  await isOpen(slow);
  await until(slow.rooms, "read", ({ isLoaded }) => isLoaded);
  const reading = slow.people.get(veli.id);
  await asked.promise;
  await veli.put("/me", { display_name: "Later" });
  await until(slow.people.of(veli.id), "told", (person) => person?.display_name === "Later");
  released.resolve();
  expect(await reading).toEqual(before);
  expect(slow.people.of(veli.id).getSnapshot()?.display_name).toBe("Later");
  await until(store, "told", (person) => person?.display_name === "Later");
});

test("a status is gone when it ends, in lists as well", async () => {
  const { ali, veli } = await newPair(server);
  const chat = await openChat(ali, server.url);
  const store = chat.people.of(veli.id);
  const status = { text: "", emoji: "🌴", until: new Date(Date.now() + 1_500).toISOString() };
  await veli.put("/me", { status });
  await until(store, "shown", (person) => person?.status?.emoji === "🌴");
  await until(store, "gone", (person) => person?.status === undefined);
  await until(chat.rooms, "gone", ({ rooms: [room] }) => room?.kind === "conversation" && !room.peer.status);
});

test("somebody that the user has nothing to do with is known from where they were found, and is asked for once", async () => {
  const [ali, stranger] = await Promise.all([server.newUser(), server.newUser()]);
  const { reads, debug } = watchReads();
  const chat = await openChat(ali, server.url, { debug });
  const unknown = chat.people.of(stranger.id);
  const stop = unknown.subscribe(() => {});
  while (reads.length === 0) await Bun.sleep(1);
  stop();
  const { data } = await chat.people.search(stranger.username);
  expect(data.map(({ id }) => id)).toContain(stranger.id);
  unknown.subscribe(() => {});
  expect(unknown.getSnapshot()?.username).toBe(stranger.username);
  await chat.people.get(ali.id);
  expect(reads).toEqual([`/users?ids=${stranger.id}`, `/users?query=${stranger.username}`, `/users/${ali.id}`]);
});

test("one's own name, status and picture are changed, shown at once and known to the next page", async () => {
  const { ali, veli } = await newPair(server);
  const storage = memoryStorage();
  const chat = await openChat(ali, server.url, { storage });
  const other = await openChat(veli, server.url);
  const account = await chat.profile.update({ display_name: "Ali Öz", status: { text: "Here" } });
  expect(chat.me.getSnapshot()).toEqual(account);
  expect(account).toMatchObject({ email: expect.any(String), display_name: "Ali Öz", status: { text: "Here" } });
  await until(chat.people.of(ali.id), "named", (person) => person?.display_name === "Ali Öz");
  await expect(chat.profile.update({ display_name: veli.username })).rejects.toMatchObject({ code: "name_taken" });

  const image = new Blob([await imageOf("png", 200, 200)]);
  const file = await uploadForm(server, ali, image, "me.png", { kind: "image" });
  const { avatar } = await chat.profile.setAvatar(file.body.data.id);
  const shown = await until(other.people.of(ali.id), "picture", (person) => person?.avatar === avatar);
  const address = other.people.avatarUrl(shown!)!;
  expect((await fetch(address)).headers.get("content-type")).toBe("image/webp");
  expect(other.people.avatarUrl({ id: veli.id })).toBeNull();
  expect(await chat.profile.removeAvatar()).not.toHaveProperty("avatar");
  chat.close();
  const kept = chatOf(ali, server.url, { storage });
  expect(kept.me.getSnapshot()).toMatchObject({ display_name: "Ali Öz", status: { text: "Here" } });
});

test("the privacy is read, and changed by what is given", async () => {
  const user = await server.newUser();
  const chat = chatOf(user, server.url);
  const all = { messages_from: "everyone", groups_from: "everyone", last_seen: true, read_receipts: true } as const;
  expect(await chat.privacy.get()).toEqual(all);
  const changed = { ...all, groups_from: "friends", last_seen: false } as const;
  expect(await chat.privacy.set({ groups_from: "friends", last_seen: false })).toEqual(changed);
  expect(await chat.privacy.get()).toEqual(changed);
});

test("a server that knows no profiles is asked once, and people are shown by their usernames", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { reads, debug } = watchReads();
  const chat = await openChat(ali, server.url, {
    debug,
    fetch: async (url, init) => {
      const response = await fetch(url.includes("ids=") ? url.replace("ids=", "unknown=") : url, init);
      const text = (await response.text()).replaceAll(/"(display_name|avatar|status)":"[^"]*",?/g, "");
      return { ok: response.ok, status: response.status, text: async () => text };
    },
  });
  const stranger = await server.newUser();
  const store = chat.people.of(stranger.id);
  store.subscribe(() => {});
  while (reads.length === 0) await Bun.sleep(1);
  const key: RoomKey = `conversation:${conversationId}`;
  const room = await look(chat, key);
  await veli.post(`/messages/${conversationId}`, { body: "hello" });
  await until(room, "sent", ({ messages }) => messages.length === 1);
  chat.people.of(stranger.id).subscribe(() => {});
  // Whatever is read would be on its way before.
  await chat.privacy.get();
  expect(store.getSnapshot()).toBeNull();
  expect(room.getSnapshot().info?.title).toBe(veli.username);
  expect(reads).toHaveLength(1);
});
