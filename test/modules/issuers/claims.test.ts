// What an issuer's tokens say of people besides who they are: the groups that they are in, and their picture.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { picturePermission } from "../../../src/modules/issuers/pictures.ts";
import { startFileServer } from "../../support/files.ts";
import { asUser, expectRefusal, type Json, newName, type User } from "../../support/harness.ts";
import { pngOf } from "../../support/images.ts";
import { nowSeconds, startIssuer, type TestIssuer } from "../../support/issuer.ts";
import { makeAdmin, withKey } from "../../support/keys.ts";
import { PATIENCE_MS } from "../../support/patience.ts";

let issuer: TestIssuer;
let server: Awaited<ReturnType<typeof startFileServer>>;
let owner: User;
let key: User;
beforeAll(async () => {
  issuer = await startIssuer("acme", { claims: { name: "name", avatar: "picture", groups: "groups" } });
  server = await startFileServer({ ...issuer.settings });
  owner = await server.newUser();
  await makeAdmin(server, owner);
  key = await withKey(server, owner, ["admin"]);
});
afterAll(async () => {
  await server.close();
  issuer.close();
});

let count = 0;
const newSubject = () => `customer-${++count}`;
/** Of tokens the later one is newer. */
let seconds = nowSeconds() - 3_000;
async function enter(subject: string, claims: Json, iat = ++seconds) {
  const user = asUser(server.url, await issuer.token(subject, { claims: { iat, ...claims } }));
  const { body } = await user.get("/me");
  return { ...user, id: body.data.id as number, username: body.data.username as string };
}

async function newRoom(members: string[] = []) {
  const externalId = newName();
  const { status, body } = await key.put(`/admin/rooms/${externalId}`, { name: "Order", members });
  expect(status).toBe(200);
  return { externalId, id: body.group_id as number };
}
const roomsOf = async (user: User) => (await user.get("/groups")).body.data.map(({ id }: Json) => id).toSorted();

describe("groups of a token", () => {
  test("are joined with it, those alone that there are, and left with the next one that does not name them", async () => {
    const [one, two] = [await newRoom(), await newRoom()];
    const subject = newSubject();
    const watcher = await (await server.connect(owner, "/ws")).ready();
    const user = await enter(subject, { groups: [one.externalId, "nothing-of-the-kind"] });
    // The call that the token came with sees them.
    expect(await roomsOf(user)).toEqual([one.id]);
    expect((await watcher.next("group.member.joined")).data).toMatchObject({ group_id: one.id, user_id: user.id });
    const socket = await (await server.connect(user, "/ws")).ready();
    await enter(subject, { groups: [one.externalId, two.externalId] });
    expect(await roomsOf(user)).toEqual([one.id, two.id].toSorted());
    await enter(subject, { groups: [two.externalId] });
    expect(await roomsOf(user)).toEqual([two.id]);
    expect((await socket.next("group.member.left")).data).toMatchObject({ group_id: one.id, user_id: user.id });
    // One that says nothing of groups changes nothing, nor does one that is no list.
    await enter(subject, {});
    await enter(subject, { groups: one.externalId });
    expect(await roomsOf(user)).toEqual([two.id]);
    await enter(subject, { groups: [] });
    expect(await roomsOf(user)).toEqual([]);
  });

  test("that come about later are joined with a later token that says the same", async () => {
    const subject = newSubject();
    const externalId = newName();
    const user = await enter(subject, { groups: [externalId] });
    const { body } = await key.put(`/admin/rooms/${externalId}`, { name: "Late", members: [] });
    await enter(subject, { groups: [externalId] });
    expect(await roomsOf(user)).toEqual([body.group_id]);
  });

  test("are as the newest token says, in whatever order they come", async () => {
    const [one, two] = [await newRoom(), await newRoom()];
    const subject = newSubject();
    const [older, newer] = [++seconds, ++seconds];
    await enter(subject, { groups: [one.externalId] });
    const [user] = await Promise.all([
      enter(subject, { groups: [two.externalId] }, seconds + 10),
      enter(subject, { groups: [one.externalId] }, newer),
      enter(subject, { groups: [] }, older),
    ]);
    seconds += 10;
    await enter(subject, { groups: [two.externalId] });
    expect(await roomsOf(user!)).toEqual([two.id]);
  });

  test("that another way led into are left by another way alone", async () => {
    const subject = newSubject();
    const user = await enter(subject, {});
    const room = await newRoom([`acme:${subject}`]);
    await enter(subject, { groups: [room.externalId] });
    await enter(subject, { groups: [] });
    expect(await roomsOf(user)).toEqual([room.id]);
  });

  test("that somebody has left are not joined again while the claim says the same", async () => {
    const room = await newRoom();
    const subject = newSubject();
    const user = await enter(subject, { groups: [room.externalId] });
    await user.post(`/groups/${room.id}/leave`);
    await enter(subject, { groups: [room.externalId] });
    expect(await roomsOf(user)).toEqual([]);
  });

  test("let nobody in who is banned, and take no owner out; the log-in goes on", async () => {
    const [banned, owned] = [await newRoom(), await newRoom()];
    const subject = newSubject();
    const user = await enter(subject, { groups: [owned.externalId] });
    expect((await owner.put(`/groups/${banned.id}/bans/${user.id}`)).status).toBeLessThan(300);
    await key.put(`/admin/rooms/${owned.externalId}`, { name: "Own", owner: `acme:${subject}`, members: [] });
    const again = await enter(subject, { groups: [banned.externalId] });
    expect(again.id).toBe(user.id);
    expect(await roomsOf(user)).toEqual([owned.id]);
  });

  test("are never those of people, which have no external id, whatever a token names", async () => {
    const group = (await owner.post("/groups", { name: "Private" })).body.group_id;
    const user = await enter(newSubject(), {
      groups: [
        String(group),
        group,
        null,
        "",
        "x".repeat(201),
        { id: group },
        ...Array.from({ length: 300 }, (_, n) => `g${n}`),
      ],
    });
    expect(await roomsOf(user)).toEqual([]);
  });
});

describe("the picture of a token", () => {
  const PNG = pngOf(40, 40, () => [200, 30, 60]);
  const at = (name: string) => `${new URL(issuer.url).origin}/${name}.png`;
  const serve = (respond: TestIssuer["state"]["respond"]) => {
    issuer.state.respond = respond;
  };
  async function until(user: User, wanted: (avatar: string | undefined) => boolean) {
    for (const end = Date.now() + PATIENCE_MS; ; await Bun.sleep(20)) {
      const { avatar } = (await user.get("/me")).body.data;
      if (wanted(avatar)) return avatar as string;
      if (Date.now() > end) throw new Error(`the picture is ${avatar}`);
    }
  }
  const filesOf = async ({ id }: { id: number }) =>
    (await server.core.sql<Json[]>`select state from files where owner_id = ${id} and state <> 'deleted'`).map(
      ({ state }) => state,
    );

  test("is fetched once, written anew and shown, and replaced when the token names another one", async () => {
    let asked = 0;
    const subject = newSubject();
    // (It knows the issuer's keys by then.)
    await enter(newSubject(), {});
    serve(() => {
      asked++;
      return new Response(PNG, { headers: { "content-type": "image/png" } });
    });
    const user = await enter(subject, { picture: at("one") });
    const first = await until(user, (avatar) => avatar !== undefined);
    const shown = await fetch(`${server.url}/avatars/${user.id}/${first}`);
    expect([shown.status, shown.headers.get("content-type")]).toEqual([200, "image/webp"]);
    await enter(subject, { picture: at("one") });
    await enter(subject, { picture: at("two") });
    const second = await until(user, (avatar) => avatar !== undefined && avatar !== first);
    expect(second).not.toBe(first);
    expect(asked).toBe(2);
    expect(await filesOf(user)).toEqual(["ready"]);
    // What its user takes away stays away until the token names another one.
    await user.delete("/me/avatar");
    await enter(subject, { picture: at("two") });
    await enter(subject, { picture: at("three") });
    await until(user, (avatar) => avatar !== undefined);
    expect(asked).toBe(3);
    serve(null);
  });

  test("is not waited for, and nothing comes of one that can't be had, which is not asked for again at once", async () => {
    const subject = newSubject();
    await enter(newSubject(), {});
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const asked: string[] = [];
    const answers: Record<string, () => Response> = {
      "/text.png": () => new Response("no picture at all"),
      "/gone.png": () => new Response("gone", { status: 404 }),
      "/moved.png": () => Response.redirect(at("good"), 302),
      "/large.png": () => new Response(new Uint8Array(5 * 1024 * 1024 + 1)),
      "/good.png": () => new Response(PNG),
    };
    serve(async (request) => {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      await released;
      return answers[pathname]!();
    });
    // The answer is here, and the picture is not.
    const user = await enter(subject, { name: "Ayşe", picture: at("text") });
    release();
    const said = ["text", "gone", "moved", "large", "good"];
    for (const name of said)
      for (const end = Date.now() + PATIENCE_MS; !asked.includes(`/${name}.png`); await Bun.sleep(20)) {
        // (One at a time each.)
        await enter(subject, { picture: at(name) });
        if (Date.now() > end) throw new Error(`${name} is not asked for`);
      }
    await until(user, (avatar) => avatar !== undefined);
    expect(asked).toEqual(said.map((name) => `/${name}.png`));
    expect((await user.get("/me")).body.data.display_name).toBe("Ayşe");
    expect(await filesOf(user)).toEqual(["ready"]);
    serve(null);
  });

  test("comes from public addresses, and of private ones from the origin of the issuer's keys alone", () => {
    const [acme] = issuer.settings.tokenIssuers;
    const permission = (address: string) => picturePermission(acme!, address)?.allowsPrivate ?? null;
    expect(permission(at("one"))).toBe(true);
    expect(permission("https://pictures.example.org/one.png")).toBe(false);
    expect(permission(`http://127.0.0.1:${Number(new URL(issuer.url).port) + 1}/one.png`)).toBe(null);
    // Refused by its address, when it is fetched.
    expect(permission("https://169.254.169.254/latest")).toBe(false);
    for (const address of [
      "http://pictures.example.org/",
      "file:///etc/passwd",
      "data:image/png;base64,",
      "one.png",
      `https://x.example/${"x".repeat(2_100)}`,
      "https://a:b@pictures.example.org/",
    ])
      expect(permission(address)).toBe(null);
  });
});

test("a name is shown beside a picture and groups, and none of them makes a token good that is not", async () => {
  const room = await newRoom();
  const token = await issuer.token(newSubject(), {
    claims: { groups: [room.externalId], picture: "x", exp: nowSeconds() - 60, iat: nowSeconds() - 600 },
  });
  expectRefusal(await asUser(server.url, token).get("/me"), 401, "unauthorized");
  expect((await owner.get(`/groups/${room.id}/members`)).body.data).toHaveLength(1);
});
