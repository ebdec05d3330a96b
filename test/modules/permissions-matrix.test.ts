// Every operation of the OpenAPI document and every command of sockets, tried by everybody who may stand in some relation to the
// room: what each gets follows from the table of permissions. A new one fails here until it has a row, or is declared to depend on
// no role.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { COMMANDS, type CommandType } from "../../src/protocol/index.ts";
import { can, type GroupAction, PERMISSIONS, type Role } from "../../src/protocol/permissions.ts";
import { type Described, readDocument } from "../docs/document.ts";
import { PASSWORD, type Socket, startServer, type TestServer, type User } from "../support/harness.ts";

/** Open to everybody, with or without a session. */
const PUBLIC = [
  "register",
  "getRegistration",
  "getRegistrationChallenge",
  "getInvite",
  "logIn",
  "requestPasskeyLogin",
  "verifyPasskeyLogin",
  "createSignOn",
  "verifySignOn",
  "requestPasswordReset",
  "resetPassword",
  "verifyEmail",
  "getAvatar",
  "getUploadAbilities",
  "getHealth",
  "getReadiness",
  "getLiveness",
  "getMetrics",
];

/** For everybody with a session, about what is their own or open to all. */
const ACCOUNT = [
  ...["logOut", "getMe", "updateProfile", "changePassword", "searchUsers", "getUser", "listMentions", "searchMessages"],
  ...["listSessions", "endSession", "endOtherSessions", "renewSession", "requestVerification", "changeEmail"],
  ...["getPrivacy", "updatePrivacy", "setAvatar", "removeAvatar", "changeUsername", "deleteAccount", "getExport"],
  ...["getFactors", "createTotp", "verifyTotp", "removeTotp", "renewRecoveryCodes"],
  ...["listKeys", "createKey", "deleteKey", "listBots", "createBot", "getBot", "updateBot", "deleteBot"],
  ...["listBotKeys", "createBotKey", "deleteBotKey", "setBotAvatar", "removeBotAvatar"],
  ...["requestPasskey", "addPasskey", "updatePasskey", "removePasskey"],
  ...["getIdentities", "requestIdentity", "addIdentity", "removeIdentity"],
  ...["createFile", "getUploadOffset", "appendToUpload", "getFile", "deleteFile", "createFileToken"],
  // Which files somebody may read depends on no role: rich-matrix.test.ts.
  ...["getFileContent", "getFileThumbnail"],
  ...["listFriends", "removeFriend", "listFriendRequests", "sendFriendRequest"],
  ...["acceptFriendRequest", "declineFriendRequest", "cancelFriendRequest"],
  ...["listBlocks", "blockUser", "unblockUser"],
  ...["listConversations", "openConversation"],
  // What may be reported depends on what one can see: reports.test.ts.
  "createReport",
  ...["listGroups", "createGroup", "listMyGroups", "listPublicGroups"],
];

/** For those who run the server, and moderators: scopes.test.ts, admin.test.ts and moderation.test.ts. */
const ADMIN = [
  ...["listIssuers", "setIssuer", "deleteIssuer"],
  ...["setUser", "logOutUser", "setRoom", "listUsers", "getAdminUser", "listUserSessions", "endUserSessions"],
  ...["resetUserPassword", "listAllGroups", "deleteAnyGroup", "deleteAnyMessage", "listAudit", "getServerHealth"],
  ...["listReports", "updateReport"],
  ...["getAnyGroup", "listAnyMembers"],
];

/** For the two people of a conversation; `blocked` where a block forbids it. */
const CONVERSATION: Record<string, { body?: object; blocked?: true }> = {
  listMessages: {},
  sendMessage: { body: { body: "hello" }, blocked: true },
  editMessage: { body: { body: "hello" }, blocked: true },
  deleteMessage: {},
  listReactions: {},
  addReaction: { blocked: true },
  removeReaction: {},
};

interface Row {
  /** `view`, `join` and `follow` (an invite) are for those outside, `nobody` is for nobody. */
  action: GroupAction | "view" | "join" | "follow" | "nobody";
  body?: (people: Record<Person, User>) => object;
  /** Who may stand in the path as the one it is done to; the actor is left out. */
  targets?: Person[];
  message?: "own" | "other's";
}

const TARGETS: Person[] = ["owner", "otherAdmin", "otherMember"];

const GROUP: Record<string, Row[]> = {
  getGroup: [{ action: "view" }],
  joinGroup: [{ action: "join" }],
  leaveGroup: [{ action: "leaveGroup" }],
  leaveGroupAsMember: [{ action: "leaveGroup" }],
  updateGroup: [{ action: "updateGroup", body: () => ({ name: "Renamed" }) }],
  setGroupVisibility: [{ action: "setVisibility", body: () => ({ is_private: true }) }],
  deleteGroup: [{ action: "deleteGroup" }],
  listMembers: [{ action: "readGroup" }],
  addMember: [
    { action: "addMember", body: ({ newcomer }) => ({ user_id: newcomer.id }) },
    { action: "addAdmin", body: ({ newcomer }) => ({ user_id: newcomer.id, role: "admin" }) },
  ],
  removeMember: [{ action: "removeMember", targets: TARGETS }],
  setMemberRole: [
    { action: "setRole", targets: TARGETS, body: () => ({ role: "admin" }) },
    { action: "setRole", targets: TARGETS, body: () => ({ role: "owner" }) },
  ],
  muteMember: [{ action: "muteMember", targets: TARGETS }],
  unmuteMember: [{ action: "unmuteMember", targets: TARGETS }],
  listInvites: [{ action: "listInvites" }],
  createInvite: [{ action: "createInvite" }],
  revokeInvite: [{ action: "revokeInvite" }],
  // It opens a private group too.
  joinWithInvite: [{ action: "follow" }],
  listBans: [{ action: "listBans" }],
  banUser: [{ action: "banUser", targets: [...TARGETS, "newcomer"] }],
  liftBan: [{ action: "liftBan", targets: ["banned"] }],
  listGroupReports: [{ action: "listReports" }],
  updateGroupReport: [{ action: "closeReport", body: () => ({ status: "dismissed" }) }],
  markGroupRead: [{ action: "readGroup" }],
  listGroupEvents: [{ action: "readGroup" }],
  listGroupMessages: [{ action: "readGroup" }],
  sendGroupMessage: [{ action: "sendMessage", body: () => ({ body: "hello" }) }],
  editGroupMessage: [
    { action: "editMessage", message: "own", body: () => ({ body: "hello" }) },
    { action: "nobody", message: "other's", body: () => ({ body: "hello" }) },
  ],
  deleteGroupMessage: [
    { action: "deleteOwnMessage", message: "own" },
    { action: "deleteOthersMessage", message: "other's" },
  ],
  listGroupReactions: [{ action: "readGroup" }],
  addGroupReaction: [{ action: "react" }],
  removeGroupReaction: [{ action: "removeOwnReaction" }],
};

/** Of sockets: what depends on no role, what the two people of a conversation do, and what is done in groups. */
const OWN_COMMANDS: CommandType[] = ["auth", "ping", "resume", "typing.stop"];
const CONVERSATION_COMMANDS: { [T in CommandType]?: { fields?: (messageId: number) => object; blocked?: true } } = {
  "message.send": { fields: () => ({ body: "hello" }), blocked: true },
  "conversation.read": { fields: (messageId) => ({ last_message_id: messageId }) },
  "typing.start": { blocked: true },
};
const GROUP_COMMANDS: { [T in CommandType]?: { action: GroupAction; fields?: object } } = {
  "group.message.send": { action: "sendMessage", fields: { body: "hello" } },
  "group.read": { action: "readGroup" },
  "typing.start": { action: "sendMessage" },
};

const ROLES = {
  owner: "owner",
  admin: "admin",
  otherAdmin: "admin",
  member: "member",
  otherMember: "member",
  muted: "member",
  // A bot is a user to every rule, and a block changes nothing in groups.
  bot: "member",
  blocked: "member",
  outsider: null,
  // Both were members of a group in which they are refused, or allowed what those outside are.
  removed: null,
  left: null,
  banned: null,
  newcomer: null,
} as const satisfies Record<string, Role | null>;
type Person = keyof typeof ROLES;
const PEOPLE = Object.keys(ROLES) as Person[];
const MEMBERS = PEOPLE.filter((person) => ROLES[person] !== null);

/** Null: without a token. */
const ACTORS: (Person | null)[] = [
  ...[null, "outsider", "removed", "left", "banned", "muted", "bot", "blocked", "member", "admin", "owner"],
] as (Person | null)[];
const FORMER: Person[] = ["removed", "left"];

interface Group {
  id: number;
  invite: string;
  report: number;
  isPrivate: boolean;
  messages: Record<string, number>;
}

let server: TestServer;
let operations: Map<string, Described>;
let people: Record<Person, User>;
/** What is only refused leaves them as they are. */
let shared: { open: Group; closed: Group };

beforeAll(async () => {
  server = await startServer();
  const read = await readDocument(server);
  operations = new Map(read.operations.map((known) => [known.operation.operationId, known]));
  const users = await Promise.all(PEOPLE.map((person) => server.newUser(person)));
  people = Object.fromEntries(PEOPLE.map((person, index) => [person, users[index]])) as Record<Person, User>;
  const { sql } = server.core;
  await sql`update users set is_bot = true, owner_id = ${people.owner.id} where id = ${people.bot.id}`;
  await people.owner.put(`/blocks/${people.blocked.id}`);
  await people.blocked.put(`/blocks/${people.otherMember.id}`);
  shared = { open: await newGroup(false, true), closed: await newGroup(true, true) };
});
afterAll(() => server.close());

/** A group of all these people with a message of each member, in one statement; `hasFormer`: it had others, too. */
async function newGroup(isPrivate: boolean, hasFormer = false): Promise<Group> {
  const inside = hasFormer ? [...MEMBERS, ...FORMER] : MEMBERS;
  const ids = inside.map((person) => people[person].id);
  const [group] = await server.core.sql<Omit<Group, "isPrivate">[]>`
    with room as (insert into rooms (kind, last_seq) values ('group', ${ids.length}) returning id),
      made as (
        insert into groups (room_id, name, owner_id, is_private)
        select id, 'Matrix', ${people.owner.id}, ${isPrivate} from room),
      joined as (
        insert into members (room_id, user_id, role, muted_until)
        select room.id, m.user_id, m.role, case when m.user_id = ${people.muted.id} then 'infinity'::timestamptz end
        from room, unnest(${ids}::bigint[], ${inside.map((person) => ROLES[person] ?? "member")}::text[]) m (user_id, role)),
      invited as (
        insert into invites (room_id, creator_id, code, expires_at)
        select id, ${people.owner.id}, gen_random_uuid()::text, 'infinity' from room returning code),
      banned as (
        insert into group_bans (room_id, user_id, actor_id) select id, ${people.banned.id}, ${people.owner.id} from room),
      sent as (
        insert into events (room_id, seq, kind, actor_id, body)
        select room.id, m.seq, 'message', m.user_id, 'text' from room, unnest(${ids}::bigint[]) with ordinality m (user_id, seq)
        returning id, actor_id),
      reported as (
        insert into reports (kind, reason, comment, room_id, room_kind, group_name, message_id, user_id, body)
        select 'message', 'spam', '', room.id, 'group', 'Matrix', sent.id, sent.actor_id, 'text'
        from room, sent where sent.actor_id = ${people.otherMember.id} returning id)
    select room.id, (select id from reported) as report, (select code from invited) as invite, (select jsonb_object_agg(actor_id, id) from sent) as messages from room`;
  if (hasFormer) {
    const gone = [
      await people.owner.delete(`/groups/${group!.id}/members/${people.removed.id}`),
      await people.left.post(`/groups/${group!.id}/leave`),
    ];
    expect(gone.map(({ status }) => status)).toEqual([200, 200]);
  }
  return { ...group!, isPrivate };
}

interface Cell {
  row: Row;
  actor: Person | null;
  target: Person | undefined;
  isPrivate: boolean;
}

const cellsOf = (row: Row): Cell[] =>
  ACTORS.flatMap((actor) =>
    (row.targets ?? [undefined])
      .filter((target) => target === undefined || target !== actor)
      .flatMap((target) =>
        // Those inside have the same rights in both kinds.
        (actor === null || ROLES[actor] === null ? [false, true] : [false]).map((isPrivate) => ({
          row,
          actor,
          target,
          isPrivate,
        })),
      ),
  );

/** The code of the refusal that follows from the table; null where it is allowed. */
function expected({ row: { action }, actor, target, isPrivate }: Cell): string | null {
  if (actor === null) return "unauthorized";
  const role = ROLES[actor];
  if (action === "view") return role === null && isPrivate ? "not_found" : null;
  if (action === "follow") return actor === "banned" ? "banned" : null;
  if (role === null && isPrivate) return "not_found";
  if (action === "join") return role !== null ? "already_member" : actor === "banned" ? "banned" : null;
  if (role === null) return "forbidden";
  if (actor === "muted" && (action === "nobody" || "unlessMuted" in PERMISSIONS[action])) return "muted";
  if (action === "nobody") return "forbidden";
  if (can(role, action, target && ROLES[target])) return null;
  return action === "leaveGroup" ? "owner_must_stay" : "forbidden";
}

async function ask({ path, method, operation }: Described, cell: Cell) {
  const { row, actor, target, isPrivate } = cell;
  const isAllowed = expected(cell) === null;
  const group = isAllowed
    ? await newGroup(isPrivate, actor !== null && FORMER.includes(actor))
    : isPrivate
      ? shared.closed
      : shared.open;
  const author = row.message === "own" && actor && ROLES[actor] ? actor : "otherMember";
  const values: Record<string, number | string | undefined> = {
    group_id: group.id,
    member_id: target && people[target].id,
    user_id: target && people[target].id,
    message_id: group.messages[people[author].id],
    emoji: "👍",
    code: group.invite,
    report_id: group.report,
  };
  const url = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values[name])));
  const headers = actor ? { authorization: `Bearer ${people[actor].token}` } : undefined;
  const { status, body } = await server.call(method.toUpperCase(), url, row.body?.(people), headers);
  const isDocumented =
    operation.responses[status] &&
    (status < 400 || operation.responses[status].description.includes(`\`${body.code}\``));
  return { ...describeCell(cell), code: status < 300 ? null : body.code, isDocumented: Boolean(isDocumented) };
}

const describeCell = ({ row, actor, target, isPrivate }: Cell) => ({
  action: row.action,
  actor: actor ?? "stranger",
  ...(target ? { target } : {}),
  group: isPrivate ? "private" : "public",
});

test("every operation has a row, or is declared to depend on no role", () => {
  const known = [...PUBLIC, ...ACCOUNT, ...ADMIN, ...Object.keys(CONVERSATION), ...Object.keys(GROUP)];
  expect(known.toSorted()).toEqual([...operations.keys()].toSorted());
});

test("every command has a row, or is declared to depend on no role", () => {
  const known = [OWN_COMMANDS, Object.keys(CONVERSATION_COMMANDS), Object.keys(GROUP_COMMANDS)].flat();
  expect(new Set<string>(known)).toEqual(new Set(COMMANDS.map(({ type }) => type)));
});

test("every permission is tried", () => {
  // Mentioning all depends on the size of the group as well: mentions.test.ts.
  const tried = new Set<string>([
    "mentionAll",
    ...Object.values(GROUP).flatMap((rows) => rows.map(({ action }) => action)),
  ]);
  for (const action of Object.keys(PERMISSIONS) as GroupAction[])
    expect([action, tried.has(action)]).toEqual([action, true]);
});

test("whether a session is asked for depends on no role", async () => {
  for (const [id, { path, method, operation }] of operations) {
    expect([id, operation.security.length > 0]).toEqual([id, !PUBLIC.includes(id)]);
    if (PUBLIC.includes(id)) continue;
    const { status, body } = await server.call(method.toUpperCase(), path.replace(/\{\w+\}/g, "1"));
    // (A response to HEAD has no body.)
    expect([id, status, method === "head" ? "unauthorized" : body.code]).toEqual([id, 401, "unauthorized"]);
  }
});

describe("what is somebody else's", () => {
  /** Of calls that depend on no role, with ids in their path: what of the owner's these are, in order, and what is sent along. */
  const OTHERS: Record<string, [ids: (keyof Owned)[], body?: object]> = {
    ...Object.fromEntries(
      ["getUploadOffset", "appendToUpload", "getFile", "deleteFile", "getFileContent", "getFileThumbnail"].map((id) => [
        id,
        [["file"]],
      ]),
    ),
    endSession: [["session"]],
    acceptFriendRequest: [["request"]],
    declineFriendRequest: [["request"]],
    cancelFriendRequest: [["request"]],
    updatePasskey: [["passkey"], { name: "Mine" }],
    removePasskey: [["passkey"], { current_password: PASSWORD }],
    deleteKey: [["key"]],
    getBot: [["bot"]],
    updateBot: [["bot"], { display_name: "Mine" }],
    deleteBot: [["bot"]],
    setBotAvatar: [["bot"], { file_id: 1 }],
    removeBotAvatar: [["bot"]],
    listBotKeys: [["bot"]],
    createBotKey: [["bot"], { name: "Mine", scopes: ["read"], client_id: crypto.randomUUID() }],
    deleteBotKey: [["bot", "botKey"]],
  };
  interface Owned {
    file: number;
    session: number;
    request: number;
    passkey: number;
    key: number;
    bot: number;
    botKey: number;
  }
  /** Those whose id is that of a person, who may be anybody. */
  const OF_PEOPLE = ["removeFriend", "blockUser", "unblockUser", "openConversation", "sendFriendRequest", "getUser"];

  test("is every call with an id, or it is about people", () => {
    const withIds = ACCOUNT.filter((id) => /\{(?!provider\})/.test(operations.get(id)?.path ?? ""));
    expect(withIds.toSorted()).toEqual([...Object.keys(OTHERS), ...OF_PEOPLE].toSorted());
  });

  test("is not there for anybody", async () => {
    const { owner, member } = people;
    const form = new FormData();
    form.set("file", new Blob(["text"]), "a.txt");
    const authorization = `Bearer ${owner.token}`;
    const uploaded = await fetch(`${server.url}/files`, { method: "POST", headers: { authorization }, body: form });
    const key = () => ({ name: "Theirs", scopes: ["read"], client_id: crypto.randomUUID() });
    const [passkey] = await server.core.sql`
      insert into passkeys (user_id, credential_id, public_key, counter, transports, name, is_synced)
      values (${owner.id}, 'theirs', '', 0, '{}', 'Theirs', false) returning id`;
    const ids: Owned = {
      passkey: passkey!.id,
      key: (await owner.post("/me/keys", { ...key(), current_password: PASSWORD })).body.data.id,
      bot: people.bot.id,
      botKey: (await owner.post(`/bots/${people.bot.id}/keys`, key())).body.data.id,
      file: ((await uploaded.json()) as { data: { id: number } }).data.id,
      session: (await owner.get("/sessions")).body.data[0].id,
      request: (await owner.post(`/friends/requests/${people.newcomer.id}`)).body.data.id,
    };
    const tus = { "tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream" };
    for (const [id, [owned, content]] of Object.entries(OTHERS)) {
      const { path, method } = operations.get(id)!;
      const url = owned.reduce((left, name) => left.replace(/\{\w+\}/, String(ids[name])), path);
      const body = id === "appendToUpload" ? "x" : content;
      for (const actor of [member, people.outsider, people.bot]) {
        const headers = { authorization: `Bearer ${actor.token}`, ...(/^(append|getUpload)/.test(id) && tus) };
        const { status } = await server.call(method.toUpperCase(), url, body, headers);
        expect([id, actor.username, status]).toEqual([id, actor.username, 404]);
      }
    }
    expect((await owner.get(`/files/${ids.file}`)).status).toBe(200);
    expect((await owner.get("/me")).status).toBe(200);
  });
});

describe("in a group", () => {
  test.each(Object.entries(GROUP))("%s gives each role what the table says", async (id, rows) => {
    const cells = rows.flatMap(cellsOf);
    const outcomes = await Promise.all(cells.map((cell) => ask(operations.get(id)!, cell)));
    expect(outcomes).toEqual(
      cells.map((cell) => ({ ...describeCell(cell), code: expected(cell), isDocumented: true })),
    );
  });
});

describe("in a conversation", () => {
  test.each(Object.entries(CONVERSATION))(
    "%s is for its two people, as far as no block forbids it",
    async (id, row) => {
      const { path, method, operation } = operations.get(id)!;
      const code = async (user: User, conversationId: number, messageId: number) => {
        const url = path
          .replace("{conversation_id}", String(conversationId))
          .replace("{message_id}", String(messageId))
          .replace("{emoji}", encodeURIComponent("👍"));
        const headers = { authorization: `Bearer ${user.token}` };
        const { status, body } = await server.call(method.toUpperCase(), url, row.body, headers);
        if (status >= 400) expect(operation.responses[status].description).toContain(`\`${body.code}\``);
        return status < 300 ? null : body.code;
      };
      const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
      const { conversation_id: room } = (await ali.post(`/conversations/${veli.id}`)).body;
      const ids = [];
      for (const one of [ali, veli]) ids.push((await one.post(`/messages/${room}`, { body: "text" })).body.data.id);
      const [alis, velis] = ids as [number, number];
      expect(await code(people.outsider, room, alis)).toBe("not_found");
      expect(await code(ali, room, alis)).toBeNull();
      await ali.put(`/blocks/${veli.id}`);
      expect(await code(ali, room, alis)).toBe(row.blocked ? "blocked" : null);
      expect(await code(veli, room, velis)).toBe(row.blocked ? "forbidden" : null);
    },
  );
});

describe("on a socket", () => {
  /** The code of the error that the command is answered with; null for an `ack`. */
  async function codeOf(socket: Socket, command: object): Promise<string | null> {
    const ref = crypto.randomUUID();
    socket.send({ ...command, ref });
    const reply = await socket.find("an answer", (frame) => frame.ref === ref);
    return reply.type === "ack" ? null : reply.code!;
  }

  test.each(Object.entries(GROUP_COMMANDS))("%s gives each role of a group what the table says", async (type, row) => {
    const cells = cellsOf({ action: row.action }).filter(({ actor }) => actor !== null);
    const outcomes = await Promise.all(
      cells.map(async (cell) => {
        const socket = await server.connect(people[cell.actor!], "/ws");
        const { id } = cell.isPrivate ? shared.closed : shared.open;
        const code = await codeOf(socket, { type, group_id: id, ...row.fields });
        await socket.close();
        return { ...describeCell(cell), code };
      }),
    );
    expect(outcomes).toEqual(cells.map((cell) => ({ ...describeCell(cell), code: expected(cell) })));
  });

  test.each(Object.entries(CONVERSATION_COMMANDS))(
    "%s is for the two people of a conversation, as far as no block forbids it",
    async (type, { fields, blocked }) => {
      const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
      const { conversation_id } = (await ali.post(`/conversations/${veli.id}`)).body;
      const { data: message } = (await veli.post(`/messages/${conversation_id}`, { body: "text" })).body;
      const sockets = [people.outsider, ali, veli].map((user) => server.connect(user, "/ws"));
      const [outsiders, alis, velis] = (await Promise.all(sockets)) as [Socket, Socket, Socket];
      const command = { type, conversation_id, ...fields?.(message.id) };
      expect(await codeOf(outsiders, command)).toBe("not_found");
      expect(await codeOf(alis, command)).toBeNull();
      await ali.put(`/blocks/${veli.id}`);
      expect(await codeOf(alis, command)).toBe(blocked ? "blocked" : null);
      expect(await codeOf(velis, command)).toBe(blocked ? "forbidden" : null);
      await Promise.all([outsiders, alis, velis].map((socket) => socket.close()));
    },
  );
});
