// GET /me/export: that it holds what is somebody's and nothing of others, whatever its size and whoever stops reading.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Socket as TcpSocket, connect as tcp } from "node:net";
import { EXPORTED_LISTS, exportDocument } from "../../../src/modules/own-data/export.ts";
import { startFileServer, uploadForm } from "../../support/files.ts";
import { expectRefusal, type Json, newGroup, newPair, type User } from "../../support/harness.ts";

let server: Awaited<ReturnType<typeof startFileServer>>;
beforeAll(async () => {
  server = await startFileServer();
});
afterAll(() => server.close());

const exportOf = async (user: User): Promise<Json> => {
  const { status, body } = await user.get("/me/export");
  expect(status).toBe(200);
  return body;
};

/** Stores so many messages of the user's, as large as one may be. */
const fill = (userId: number, roomId: number, count: number) => server.core.sql`
  with room as (update rooms set last_seq = last_seq + ${count} where id = ${roomId} returning last_seq - ${count} as before)
  insert into events (room_id, seq, kind, actor_id, body, client_id)
  select ${roomId}, r.before + n, 'message', ${userId}, repeat(md5(n::text), 125), gen_random_uuid()
  from room r, generate_series(1, ${count}) n`;

describe("an export", () => {
  test("has what is the caller's, in every room and in rooms that they left, and nothing that others wrote", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const { groupId } = await newGroup(server, 1);
    const left = (await veli.post("/groups", { name: "Left" })).body.group_id;
    await veli.post(`/groups/${left}/members`, { user_id: ali.id });
    await ali.post(`/groups/${left}/messages`, { body: "before I left" });
    await ali.post(`/groups/${left}/leave`);
    const file = (await uploadForm(server, ali, new Blob(["contents"]), "plans.txt")).body.data.id;
    const sent = await ali.post(`/messages/${conversationId}`, { body: "mine", attachments: [file] });
    const theirs = (await veli.post(`/messages/${conversationId}`, { body: "theirs" })).body.data;
    await ali.put(`/messages/${conversationId}/${theirs.id}/reactions/👍`);
    await ali.put("/me", { display_name: "Ali Yılmaz", locale: "tr-TR" });
    await ali.put("/me/privacy", { read_receipts: false });
    await ali.post(`/friends/requests/${veli.id}`);
    await ali.put(`/blocks/${(await server.newUser()).id}`);

    const document = await exportOf(ali);
    expect(document.account).toMatchObject({
      id: ali.id,
      username: ali.username,
      email: `${ali.username}@example.com`,
      display_name: "Ali Yılmaz",
      locale: "tr-TR",
    });
    expect(document.privacy.read_receipts).toBe(false);
    expect(document.sessions).toMatchObject([{ device: "test", kind: "session" }]);
    expect(document.friend_requests).toMatchObject([{ sender_id: ali.id, receiver_id: veli.id, status: "pending" }]);
    expect(document.blocks).toHaveLength(1);
    expect(document.conversations).toMatchObject([{ id: conversationId, peer_username: veli.username }]);
    expect(document.former_groups).toEqual([{ id: left, name: "Left" }]);
    expect(document.groups).toEqual([]);
    expect(document.files).toMatchObject([{ id: file, name: "plans.txt", content: `/files/${file}/content` }]);
    expect(document.reactions).toMatchObject([
      { conversation_id: conversationId, message_id: theirs.id, emojis: ["👍"] },
    ]);
    expect(document.messages).toMatchObject([
      {
        id: sent.body.data.id,
        conversation_id: conversationId,
        body: "mine",
        created_at: sent.body.data.created_at,
        attachments: [{ id: file }],
      },
      { group_id: left, body: "before I left" },
    ]);
    expect(JSON.stringify(document)).not.toContain("theirs");
    expect(groupId).toBeGreaterThan(0);
  });

  test("tells the name of a private group as it was for whoever has left it, and not what it is called since", async () => {
    const owner = await server.newUser();
    const [ali, veli] = [await server.newUser(), await server.newUser()];
    const groupId = (await owner.post("/groups", { name: "Plans" })).body.group_id;
    for (const { id } of [ali, veli]) await owner.post(`/groups/${groupId}/members`, { user_id: id });
    await ali.post(`/groups/${groupId}/leave`);
    await owner.put(`/groups/${groupId}`, { name: "Party for Ali" });
    await owner.delete(`/groups/${groupId}/members/${veli.id}`);
    expect((await exportOf(ali)).former_groups).toEqual([{ id: groupId, name: null }]);
    expect((await exportOf(veli)).former_groups).toEqual([{ id: groupId, name: "Party for Ali" }]);
    await owner.put(`/groups/${groupId}/visibility`, { is_private: false });
    expect((await exportOf(ali)).former_groups).toEqual([{ id: groupId, name: "Party for Ali" }]);
  });

  test("has every message, over many pages, in the order of each room", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    for (const [user, count] of [
      [ali, 600],
      [veli, 5_200],
      [ali, 1_001],
    ] as const)
      await fill(user.id, conversationId, count);
    const { messages } = await exportOf(ali);
    expect(messages).toHaveLength(1_601);
    const seqs: number[] = messages.map(({ seq }: Json) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(seqs).size).toBe(1_601);
  });

  test("of every table that refers to a user is either part, or left out for a reason", async () => {
    const PARTS: Record<string, string> = {
      "blocks.blocker_id": "blocks",
      "files.owner_id": "files",
      "former_members.user_id": "former_groups",
      "friend_requests.receiver_id": "friend_requests",
      "friend_requests.sender_id": "friend_requests",
      "friends.friend_id": "friends",
      "friends.user_id": "friends",
      "conversations.user_high": "conversations",
      "conversations.user_low": "conversations",
      "groups.owner_id": "groups",
      "identities.user_id": "identities",
      "invite_uses.user_id": "invites_used",
      "invites.creator_id": "invites",
      "mail_tokens.user_id": "mail_links",
      "members.user_id": "groups",
      "passkeys.user_id": "passkeys",
      "reports.reporter_id": "reports",
      "tokens.user_id": "sessions",
      "totp.user_id": "authenticator_apps",
      "users.owner_id": "bots",
    };
    const LEFT_OUT: Record<string, string> = {
      "blocks.blocked_id": "it is the other person's, and not shown to who is blocked",
      "group_bans.actor_id": "the decision of a group's admins, about others",
      "group_bans.user_id": "the decision of a group's admins",
      "group_mutes.user_id": "the decision of a group's admins",
      "reports.closed_by": "a decision about others",
      "reports.group_closed_by": "a decision about others",
      "reports.user_id": "what others have reported, which is never told to whom it is about",
      "sign_ons.user_id": "a log-in at a provider that is under way, gone within ten minutes",
      "recovery_codes.user_id": "secrets, as hashes",
      "held_names.user_id": "keyed hashes of former names, of no use to anybody",
    };
    const columns = await server.core.sql<{ name: string }[]>`
      select c.conrelid::regclass::text || '.' || a.attname as name
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype = 'f' and c.confrelid = 'users'::regclass order by 1`;
    for (const { name } of columns) {
      if (name in LEFT_OUT) continue;
      expect([name, EXPORTED_LISTS]).toEqual([name, expect.arrayContaining([PARTS[name] ?? `a list for ${name}`])]);
    }
  });
});

describe("who reads it", () => {
  /** A client that asks for the export, and then reads nothing until it is told to. */
  async function begin(user: User): Promise<TcpSocket> {
    const socket = tcp(Number(new URL(server.url).port), "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.pause();
    socket.write(
      `GET /me/export HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${user.token}\r\nConnection: close\r\n\r\n`,
    );
    return socket;
  }
  const untilRefused = async (user: User) => {
    // The first ones may come before the request of the other client is read.
    for (;;) {
      const answer = await user.get("/me/export");
      if (answer.status !== 200) return answer;
    }
  };

  test("has one at a time, and the next one once the first has gone away in the middle", async () => {
    const { ali, conversationId } = await newPair(server);
    await fill(ali.id, conversationId, 10_000);
    const socket = await begin(ali);
    const refused = await untilRefused(ali);
    expectRefusal(refused, 429, "slow_down");
    expect(refused.headers.get("retry-after")).toBe("10");
    socket.destroy();
    for (;;) {
      const { status, body } = await ali.get("/me/export");
      if (status === 429) continue;
      expect(body.messages).toHaveLength(10_000);
      break;
    }
    // (That it has gone is noticed at the latest when nothing was read for half a minute.)
  }, 60_000);

  test("and reads slowly has it wait in the database: what is not read yet is not in memory", async () => {
    const { ali, conversationId } = await newPair(server);
    await fill(ali.id, conversationId, 6_000);
    const { core } = server;
    const { sql } = core;
    let statements = 0;
    const counted = new Proxy(sql, {
      apply(target, self, args) {
        statements++;
        return Reflect.apply(target as never, self, args);
      },
    });
    Object.assign(core, { sql: counted });
    const socket = await begin(ali);
    // Until it asks for nothing, nor waits for the database, while others do.
    for (let still = 0, before = 0; still < 50; still++) {
      const [row] = await sql<{ busy: number }[]>`
        select count(*)::int as busy from pg_stat_activity
        where datname = current_database() and state = 'active' and pid <> pg_backend_pid()`;
      if (row!.busy > 0 || statements === 0 || statements !== before) still = 0;
      before = statements;
    }
    const waiting = statements;
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk)).resume();
    await new Promise((resolve) => socket.once("end", resolve));
    Object.assign(core, { sql });
    // What the kernel's buffers hold has been read, and no more.
    expect(waiting).toBeLessThan(statements / 2);
    expect(
      Buffer.concat(chunks)
        .toString()
        .match(/"client_id"|"seq":/g),
    ).toHaveLength(6_000);
  });

  test("gets nothing more once the session has ended", async () => {
    const { ali, conversationId } = await newPair(server);
    await fill(ali.id, conversationId, 2_000);
    const pieces = exportDocument(server.core, (await server.core.sessions.find(ali.token))!);
    while (!(await pieces.next()).value!.includes('"sessions"'));
    await ali.post("/logout");
    await expect(Array.fromAsync(pieces)).rejects.toThrow("session");
  });

  test("gets nothing more once the token of an issuer was ended, or the account banned", async () => {
    const { ali, veli } = await newPair(server);
    const begun = async (user: User) => {
      const pieces = exportDocument(server.core, (await server.core.sessions.find(user.token))!);
      while (!(await pieces.next()).value!.includes('"sessions"'));
      return pieces;
    };
    const [ended, banned] = [await begun(ali), await begun(veli)];
    // Such a row stays until the token would have expired.
    await server.core.sql`update tokens set kind = 'ended' where user_id = ${ali.id}`;
    await server.core.sql`update users set banned_at = now() where id = ${veli.id}`;
    for (const pieces of [ended, banned]) await expect(Array.fromAsync(pieces)).rejects.toThrow("session");
  });
});
