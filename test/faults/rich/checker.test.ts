// The checker of rich messages finds each fault that it is there to find, and none where there is none.
import { expect, test } from "bun:test";
import { checkRich, type RichFault, type RichRoom, type StoredFiles } from "./checker.ts";
import type { RichRow } from "./model.ts";
import { RichRecords } from "./records.ts";
import { flawOf, textSaying } from "./text.ts";

const [OWNER, FRIEND, TARGET] = [1, 2, 3];
const at = (seq: number) => 1_000_000 + seq * 1_000;
const clientId = (seq: number) => `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`;
const idOf = (seq: number) => 100 + seq;

const row = (seq: number, kind: string, actorId: number, rest: Partial<RichRow> = {}): RichRow => ({
  ...{ id: idOf(seq), seq, kind, actorId, targetId: null, body: null, data: null, clientId: null, at: at(seq) },
  ...rest,
});
const message = (seq: number, actorId: number, said: object = {}, data: object | null = null) =>
  row(seq, "message", actorId, {
    body: textSaying({ clientId: clientId(seq), ...said }),
    clientId: clientId(seq),
    data: data as never,
  });
const member = (seq: number, kind: string, userId: number) =>
  row(seq, kind, OWNER, { data: { user_id: userId, is_muted: false } });
const reaction = (seq: number, kind: string, userId: number, messageId: number, count: number) =>
  row(seq, kind, userId, { data: { message_id: messageId, user_id: userId, emoji: "👍", count } });

const MENTION = { type: "mention", offset: 45, length: 3, user_id: FRIEND };
const FILE = 17;

/** The owner writes, with a file; the friend replies and reacts; the target reacts, takes it back and is removed; one message goes. */
function sound() {
  const file = { files: [[FILE, clientId(90)]] };
  const rows = [
    member(1, "member.joined", FRIEND),
    member(2, "member.joined", TARGET),
    message(3, OWNER, file, { attachments: [{ id: FILE }] }),
    message(4, FRIEND, { reply_to: idOf(3) }, { reply_to: idOf(3) }),
    message(5, OWNER, { entities: [MENTION] }, { entities: [MENTION] }),
    reaction(6, "reaction.added", FRIEND, idOf(3), 1),
    reaction(7, "reaction.added", TARGET, idOf(3), 2),
    reaction(8, "reaction.removed", TARGET, idOf(3), 1),
    member(9, "member.left", TARGET),
    row(10, "message", OWNER, { clientId: clientId(10), body: "" }),
    row(11, "message.deleted", OWNER, { targetId: idOf(10) }),
  ];
  const body = (seq: number) => rows[seq - 1]!.body!;
  const shown = (isMine: boolean) => ({
    emoji: "👍",
    count: 1,
    user_ids: [FRIEND],
    ...(isMine && { mine: true }),
  });
  const pages = [OWNER, FRIEND].map((userId) => ({
    userId,
    messages: [
      { id: idOf(3), body: body(3), deleted_at: null, reactions: [shown(userId === FRIEND)] },
      { id: idOf(4), body: body(4), deleted_at: null, reply_to: { id: idOf(3), body: body(3) } },
      { id: idOf(10), body: "", deleted_at: "2026" },
    ],
    mentionCount: 1,
    readSeq: 3,
  }));
  const room: RichRoom = {
    key: "group:1",
    isGroup: true,
    founders: [OWNER],
    rows,
    pages,
    knownAt: (seq) => at(seq) + 5,
  };
  const files: StoredFiles = { uses: [{ messageId: idOf(3), fileId: FILE }], owners: new Map([[FILE, OWNER]]) };
  const records = new RichRecords();
  const quoted = { id: idOf(3), seq: 3, senderId: OWNER, mark: clientId(3), isDeleted: false };
  records.quotes.push({ room: room.key, seq: 4, quoted, readAfter: null });
  const call = { room: room.key, messageId: idOf(3), emoji: "👍" };
  records.reactionCalls.push(
    { ...call, userId: FRIEND, isOn: true, answer: { mine: true } },
    { ...call, userId: TARGET, isOn: true, answer: { mine: true } },
    { ...call, userId: TARGET, isOn: false, answer: { mine: false } },
  );
  const seen = { emoji: "👍", count: 2, user_ids: [FRIEND, TARGET] };
  records.reactions.push({ room: room.key, messageId: idOf(3), userId: OWNER, reactions: [seen], readAfter: at(8) });
  const download = { room: room.key, messageId: idOf(3), fileId: FILE };
  const ask = (userId: number, seq: number, isFound: boolean) =>
    records.downloads.push({ ...download, userId, startedAt: at(seq) + 100, endedAt: at(seq) + 200, isFound });
  ask(TARGET, 5, true);
  ask(TARGET, 9, false);
  ask(FRIEND, 10, true);
  return { room, files, records, ask };
}
type Sound = ReturnType<typeof sound>;

const faultsOf = ({ room, files, records }: Sound) => checkRich([room], files, records).faults;

test("a sound history has no fault", () => {
  expect(Object.entries(faultsOf(sound())).filter(([, found]) => found > 0)).toEqual([]);
});

test.each<[RichFault, string, (scene: Sound) => unknown]>([
  ["wrongExtras", "seen by a client", ({ records }) => records.flaws.wrongExtras.push("x")],
  ["wrongFiles", "other bytes", ({ records }) => records.flaws.wrongFiles.push("x")],
  [
    "wrongReactions",
    "put twice by one person",
    ({ room }) => room.rows.push(reaction(12, "reaction.added", FRIEND, idOf(3), 2)),
  ],
  [
    "wrongReactions",
    "taken back by somebody who has none",
    ({ room }) => room.rows.push(reaction(12, "reaction.removed", OWNER, idOf(3), 0)),
  ],
  [
    "wrongReactions",
    "put on what is deleted",
    ({ room }) => room.rows.push(reaction(12, "reaction.added", OWNER, idOf(10), 1)),
  ],
  ["wrongReactions", "counted wrong in its event", ({ room }) => Object.assign(room.rows[6]!.data!, { count: 3 })],
  [
    "wrongReactions",
    "counted wrong in a page",
    ({ room }) => Object.assign(room.pages[0]!.messages[0]!.reactions![0]!, { count: 2 }),
  ],
  [
    "wrongReactions",
    "not mine in a page",
    ({ room }) => Object.assign(room.pages[1]!.messages[0]!.reactions![0]!, { mine: undefined }),
  ],
  ["wrongReactions", "acknowledged and lost", ({ room }) => room.rows.splice(5, 1)],
  [
    "wrongReactions",
    "acknowledged, and not mine in the answer",
    ({ records }) => Object.assign(records.reactionCalls[0]!, { answer: { mine: false } }),
  ],
  [
    "wrongQuotes",
    "in a page, of another text",
    ({ room }) => Object.assign(room.pages[0]!.messages[1]!.reply_to!, { body: "other" }),
  ],
  [
    "wrongQuotes",
    "of another message's text",
    ({ records }) => Object.assign(records.quotes[0]!.quoted, { mark: clientId(5) }),
  ],
  ["wrongQuotes", "of what is not there", ({ records }) => Object.assign(records.quotes[0]!.quoted, { id: 999 })],
  [
    "wrongQuotes",
    "of a text that was deleted before the event",
    ({ room, records }) => {
      room.rows.push(row(12, "message.deleted", OWNER, { targetId: idOf(3) }));
      Object.assign(records.quotes[0]!, { seq: 13 });
    },
  ],
  [
    "wrongQuotes",
    "of a text that was deleted before it was read",
    ({ room, records }) => {
      room.rows.push(row(12, "message.deleted", OWNER, { targetId: idOf(3) }));
      Object.assign(records.quotes[0]!, { readAfter: at(13) });
    },
  ],
  [
    "wrongReactions",
    "in an older page, as they were before a change that was known",
    ({ records }) => Object.assign(records.reactions[0]!, { readAfter: at(8) + 10 }),
  ],
  ["wrongMentions", "one too many", ({ room }) => Object.assign(room.pages[1]!, { mentionCount: 2 })],
  ["wrongFiles", "in two messages", ({ files }) => files.uses.push({ messageId: idOf(5), fileId: FILE })],
  ["wrongFiles", "in none", ({ files }) => files.uses.splice(0)],
  ["wrongFiles", "used by a deleted message", ({ files }) => files.uses.push({ messageId: idOf(10), fileId: 18 })],
  ["wrongFiles", "refused to a member", ({ ask }) => ask(FRIEND, 10, false)],
  ["wrongFiles", "refused to its owner", ({ ask }) => ask(OWNER, 10, false)],
  ["filesOutlived", "read by the removed", ({ ask }) => ask(TARGET, 9, true)],
  [
    "filesOutlived",
    "read after a deletion",
    ({ room, files, ask }) => {
      room.rows.push(row(12, "message.deleted", OWNER, { targetId: idOf(3) }));
      files.uses.splice(0);
      ask(OWNER, 12, true);
    },
  ],
  [
    "filesOutlived",
    "read after it was taken out of its message",
    ({ records, ask }) => {
      records.drops.push({ fileId: FILE, startedAt: at(8), endedAt: at(9) });
      ask(OWNER, 9, true);
    },
  ],
])("%s: %s", (fault, _name, spoil) => {
  const scene = sound();
  spoil(scene);
  expect(faultsOf(scene)[fault]).toBeGreaterThan(0);
});

test("a message that is not what its text says is seen", () => {
  const said = { entities: [MENTION], reply_to: 20, files: [[FILE, clientId(90)]] as [number, string][] };
  const body = textSaying({ clientId: clientId(1), ...said });
  const plain = { deleted_at: null, body: textSaying({ clientId: clientId(1) }) };
  expect(flawOf(plain)).toBeNull();
  expect(flawOf({ ...plain, entities: [] })).toContain("entities");
  expect(flawOf({ ...plain, body })).toContain("entities");
  const withEntities = { ...plain, body, entities: [MENTION] };
  expect(flawOf(withEntities)).toContain("replies");
  expect(flawOf({ ...withEntities, reply_to: { id: 20 } })).toContain("attachments");
  expect(flawOf({ deleted_at: "2026", body: "", attachments: [] })).toContain("attachments");
  expect(flawOf({ deleted_at: "2026", body: "" })).toBeNull();
});
