// Who may read a file, and how it is served.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PROTECTION } from "../../../src/files/protection.ts";
import { callRaw, startFileServer, uploadForm } from "../../support/files.ts";
import { call, expectRefusal, newGroup, newPair, type User } from "../../support/harness.ts";
import { makeAdmin, withKey } from "../../support/keys.ts";

let server: Awaited<ReturnType<typeof startFileServer>>;
beforeAll(async () => {
  server = await startFileServer();
});
afterAll(() => server.close());

const TEXT = "0123456789";
const upload = async (user: User, text = TEXT, name = "digits.txt") =>
  (await uploadForm(server, user, new Blob([text]), name)).body.data.id as number;
const read = (user: User | null, id: number, headers: Record<string, string> = {}) =>
  callRaw(server, user, "GET", `/files/${id}/content`, { headers });
const tokenOf = async (user: User) => (await user.post("/files/token")).body.data.token as string;
const readBy = (token: string, id: number) => callRaw(server, null, "GET", `/files/${id}/content?token=${token}`);

describe("a file may be read", () => {
  test("by its owner before it is sent, and by nobody else", async () => {
    const [user, other] = [await server.newUser(), await server.newUser()];
    const id = await upload(user);
    expect((await read(user, id)).status).toBe(200);
    expectRefusal(await read(other, id), 404, "not_found");
    expectRefusal(await read(null, id), 401, "unauthorized");
    expectRefusal(await read(user, 2 ** 40), 404, "not_found");
  });

  test("by the members of a room with a message that has it, until they are removed or the message is deleted", async () => {
    const { owner, others, groupId } = await newGroup(server, 3, { is_private: false });
    const stranger = await server.newUser();
    const id = await upload(owner);
    const sent = await owner.post(`/groups/${groupId}/messages`, { body: "", attachments: [id] });
    expect(sent.status).toBe(201);
    expect(sent.body.data.attachments).toEqual([
      { id, kind: "file", name: "digits.txt", mime: "text/plain", size: TEXT.length },
    ]);
    const [first, second] = others as [User, User];
    const tokens = await Promise.all([first, second].map(tokenOf));
    for (const token of tokens) expect((await readBy(token, id)).status).toBe(200);
    expectRefusal(await read(stranger, id), 404, "not_found");
    await owner.delete(`/groups/${groupId}/members/${first.id}`);
    expectRefusal(await readBy(tokens[0]!, id), 404, "not_found");
    expect((await readBy(tokens[1]!, id)).status).toBe(200);
    await owner.put(`/groups/${groupId}/members/${second.id}/mute`);
    expect((await readBy(tokens[1]!, id)).status).toBe(200);
    await owner.delete(`/groups/${groupId}/messages/${sent.body.data.id}`);
    for (const user of [owner, second]) expectRefusal(await read(user, id), 404, "not_found");
  });

  test("by a token that a key got for somebody, as that person and not as the key's owner, while it may act for them", async () => {
    const [admin, customer] = [await server.newUser(), await server.newUser()];
    await makeAdmin(server, admin);
    const key = await withKey(server, admin, ["admin"]);
    const [own, theirs] = [await upload(admin), await upload(customer)];
    const { body } = await call(server.url, "POST", "/files/token", undefined, {
      authorization: `Bearer ${key.token}`,
      "on-behalf-of": String(customer.id),
    });
    expect((await readBy(body.data.token, theirs)).status).toBe(200);
    expectRefusal(await readBy(body.data.token, own), 404, "not_found");
    await server.core.sql`update users set role = null where id = ${admin.id}`;
    server.core.sessions.distrust();
    expectRefusal(await readBy(body.data.token, theirs), 401, "unauthorized");
  });

  test("by both sides of a conversation under a block, which stops the next one", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const id = await upload(ali);
    await ali.post(`/messages/${conversationId}`, { body: "here", attachments: [id] });
    await veli.put(`/blocks/${ali.id}`);
    expect((await read(veli, id)).status).toBe(200);
    const next = await upload(ali);
    const refused = await ali.post(`/messages/${conversationId}`, { body: "", attachments: [next] });
    expect(refused.status).toBe(403);
    expectRefusal(await read(veli, next), 404, "not_found");
  });

  test("in a deleted group by nobody, from the next request on", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const id = await upload(owner);
    await owner.post(`/groups/${groupId}/messages`, { body: "", attachments: [id] });
    await owner.delete(`/groups/${groupId}`);
    expectRefusal(await read(others[0]!, id), 404, "not_found");
  });
});

describe("a token for files", () => {
  test("ends with its session, and says when it ends by itself", async () => {
    const user = await server.newUser();
    const id = await upload(user);
    const { body } = await user.post("/files/token");
    expect(Date.parse(body.data.expires_at) - Date.now()).toBeWithin(3_500_000, 3_601_000);
    expect((await readBy(body.data.token, id)).status).toBe(200);
    await user.post("/logout");
    expectRefusal(await readBy(body.data.token, id), 401, "unauthorized");
  });

  test("is good for nothing else, and no session is good in its place", async () => {
    const user = await server.newUser();
    const id = await upload(user);
    const token = await tokenOf(user);
    const headers = { authorization: `Bearer ${token}` };
    expectRefusal(await call(server.url, "GET", "/me", undefined, headers), 401, "unauthorized");
    expectRefusal(await call(server.url, "GET", `/files/${id}/content`, undefined, headers), 401, "unauthorized");
    expectRefusal(await readBy(user.token, id), 401, "unauthorized");
    for (const forged of ["", "x", `${token}x`, token.slice(0, -2)])
      expectRefusal(await readBy(forged, id), 401, "unauthorized");
    const socket = await server.connect({ token }, "/ws");
    expect((await socket.closed).code).toBe(1008);
  });
});

describe("serving", () => {
  test("answers ranges as a player asks for them", async () => {
    const user = await server.newUser();
    const id = await upload(user);
    const ask = async (range: string) => {
      const { status, headers, bytes } = await read(user, id, { range });
      return [status, new TextDecoder().decode(bytes), headers.get("content-range"), headers.get("content-length")];
    };
    expect(await ask("bytes=0-")).toEqual([206, TEXT, "bytes 0-9/10", "10"]);
    expect(await ask("bytes=2-4")).toEqual([206, "234", "bytes 2-4/10", "3"]);
    expect(await ask("bytes=-3")).toEqual([206, "789", "bytes 7-9/10", "3"]);
    expect(await ask("bytes=8-100")).toEqual([206, "89", "bytes 8-9/10", "2"]);
    expect(await ask("bytes=0-1,4-5")).toEqual([200, TEXT, null, "10"]);
    expect(await ask("lines=1-2")).toEqual([200, TEXT, null, "10"]);
    const outside = await read(user, id, { range: "bytes=10-" });
    expectRefusal(outside, 416, "bad_range");
    expect(outside.headers.get("content-range")).toBe("bytes */10");
  });

  test("takes the type from the bytes, and lets browsers open what is harmless alone", async () => {
    const user = await server.newUser();
    const gif = "GIF89a\x01\x00\x01\x00\x00\x00\x00;";
    const page = "<html><script>alert(1)</script></html>";
    const svg = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`;
    for (const [text, name, type, disposition] of [
      [gif, "page.html", "image/gif", "inline"],
      [page, "cat.png", "text/plain", "attachment"],
      [svg, "cat.png", "application/xml", "attachment"],
      ["%PDF-1.4\n", "cat.jpg", "application/pdf", "attachment"],
    ] as const) {
      const { headers } = await read(user, await upload(user, text, name));
      expect([name, headers.get("content-type")]).toEqual([name, type]);
      expect(headers.get("content-disposition")).toStartWith(disposition);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe(PROTECTION["content-security-policy"]);
      expect(headers.get("cache-control")).toBe("private, max-age=3600, immutable");
    }
  });

  test("gives a name in any script, and nothing that would end the header", async () => {
    const user = await server.newUser();
    const { headers } = await read(user, await upload(user, TEXT, 'Fotoğraf "1"\r\n.txt'));
    expect(headers.get("content-disposition")).toContain("filename*=UTF-8''Foto%C4%9Fraf");
  });

  test("has no thumbnail of what is no image", async () => {
    const user = await server.newUser();
    expectRefusal(await callRaw(server, user, "GET", `/files/${await upload(user)}/thumbnail`), 404, "not_found");
  });
});
