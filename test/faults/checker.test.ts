// The checker finds each fault that it is there to find, and none where there is none.
import { expect, test } from "bun:test";
import { check, type Fault } from "./checker.ts";
import { eventWords, memberWords, messageWords } from "./entries.ts";
import type { RoomRecord, Shown, Stored, Visit } from "./records.ts";

const [OWNER, FRIEND, TARGET] = [1, 2, 3];
/** When the room's first event was written; each further one a second later. */
const START = 1_000_000;
const at = (seq: number) => START + seq * 1_000;

const place = (seq: number, kind: string, actorId: number) => ({ id: 100 + seq, seq, at: at(seq), kind, actorId });

function message(seq: number, actorId = OWNER): Stored {
  const clientId = `client id ${seq}`;
  const what = messageWords(100 + seq, actorId, clientId);
  return { ...place(seq, "message", actorId), what, clientId, mark: clientId, member: null };
}

function member(seq: number, kind: string, userId: number, isMuted = false): Stored {
  const what = eventWords(kind, memberWords(userId, isMuted));
  return { ...place(seq, kind, OWNER), what, clientId: null, mark: null, member: { userId, isMuted } };
}

const shown = ({ seq, what, clientId }: Stored, when = at(seq)): Shown => ({ seq, what, clientId, at: when });

const visit = (userId: number, from: number, events: Shown[]): Visit => ({
  userId,
  calledAt: START,
  announced: false,
  from,
  joinedAfter: null,
  early: [],
  shown: events,
  promised: null,
});

/** Two join; the target is muted and unmuted, removed and added again; the others watch all of it. */
function sound(): RoomRecord {
  const stored = [
    member(1, "member.joined", FRIEND),
    member(2, "member.joined", TARGET),
    message(3),
    message(4, TARGET),
    member(5, "member.muted", TARGET, true),
    message(6),
    member(7, "member.unmuted", TARGET),
    message(8, TARGET),
    member(9, "member.left", TARGET),
    message(10),
    member(11, "member.joined", TARGET),
    message(12, TARGET),
  ];
  const all = stored.map((event) => shown(event));
  const back = { ...visit(TARGET, 11, all.slice(11)), joinedAfter: 9 };
  return {
    isGroup: true,
    founders: [OWNER],
    stored,
    acknowledged: stored.filter(({ kind }) => kind === "message").map((event) => ({ ...event })),
    written: [[3, 6, 10].map((seq) => message(seq).clientId!), [4, 8, 12].map((seq) => message(seq, TARGET).clientId!)],
    visits: [
      visit(OWNER, 0, all),
      visit(FRIEND, 0, all.slice(0, 6)),
      { ...visit(FRIEND, 6, all.slice(6)), early: [shown(stored[9]!)], promised: 12 },
      visit(TARGET, 0, [shown(stored[0]!, at(2)), ...all.slice(1, 9)]),
      back,
    ],
    resyncs: [
      { userId: FRIEND, from: 0, to: 1_001, read: null },
      {
        userId: OWNER,
        from: 20,
        to: 12,
        read: { after: 3, reached: 12, messages: [4, 6, 8, 10, 12].map((seq) => all[seq - 1]!) },
      },
    ],
    shownAfterEnd: [{ seq: 6, endedAt: at(6) + 500 }],
    ends: [OWNER, FRIEND, TARGET].map((userId) => ({ userId, position: 12 })),
  };
}

test("a sound history has no fault", () => {
  const { stored, acknowledged, shown: seen, faults } = check([sound(), sound()]);
  expect(Object.entries(faults).filter(([, found]) => found > 0)).toEqual([]);
  expect({ stored, acknowledged, seen }).toEqual({ stored: 24, acknowledged: 12, seen: 70 });
});

test("who was away may read later what was said meanwhile, and is not waited for when they stay away", () => {
  const room = sound();
  const after = at(11) + 1;
  room.visits.push(
    visit(
      TARGET,
      9,
      [10, 11, 12].map((seq) => shown(room.stored[seq - 1]!, Math.max(after, at(seq)))),
    ),
  );
  room.stored.push(member(13, "member.left", TARGET));
  for (const end of room.ends) end.position = end.userId === TARGET ? 12 : 13;
  const found = check([room]).faults;
  expect(Object.values(found).every((times) => times === 0)).toBe(true);
});

test("a message that was refused for good stands behind nothing, when its client did not hear so and sent it again", () => {
  const sentAt = (ms: number) => {
    const room = sound();
    // Written before the target's first message, and stored as their last one.
    room.written[1] = [12, 4, 8].map((seq) => message(seq, TARGET).clientId!);
    room.trails = new Map([[message(12, TARGET).clientId!, [{ at: ms, what: "sent" }]]]);
    return check([room]).faults.sendersOrderBroken;
  };
  expect(sentAt(at(5) + 500)).toBe(0); // While muted.
  expect(sentAt(at(11) + 500)).toBe(1);
});

/** In the room: the owner's visit, the friend's second one, the target's first and second. */
const [ALL, LATER, BEFORE, BACK] = [0, 2, 3, 4];

test.each<[Fault, string, (room: RoomRecord) => unknown]>([
  ["acknowledgedButLost", "the last message is gone", (room) => room.stored.pop()],
  ["acknowledgedButLost", "all of it is gone", (room) => room.stored.splice(0)],
  [
    "acknowledgedButLost",
    "a message stands at another place",
    (room) => Object.assign(room.acknowledged[0]!, { seq: 6 }),
  ],
  [
    "acknowledgedButLost",
    "another text is stored",
    (room) => Object.assign(room.stored[2]!, { what: "something else" }),
  ],
  ["seenButLost", "somebody saw what is not stored", (room) => room.visits[ALL]!.shown.push(shown(message(13)))],
  [
    "seenButLost",
    "two saw different events at one place",
    (room) => Object.assign(room.visits[ALL]!, { shown: [shown(message(1))] }),
  ],
  ["seenButLost", "under another client_id", (room) => Object.assign(room.stored[2]!, { clientId: "new", mark: null })],
  ["seenButLost", "early, and not stored", (room) => room.visits[LATER]!.early.push(shown(message(13)))],
  ["seenButLost", "in the history, and not stored", (room) => room.resyncs[1]!.read!.messages.push(shown(message(13)))],
  [
    "doubled",
    "one client_id is stored twice",
    (room) => room.stored.push({ ...message(13), clientId: message(12).clientId, actorId: TARGET }),
  ],
  ["doubled", "one text is stored twice", (room) => room.stored.push({ ...message(13), mark: message(10).mark })],
  ["doubled", "one place is taken twice", (room) => room.stored.push({ ...message(13), seq: 12 })],
  ["doubled", "an event is shown twice", (room) => room.visits[ALL]!.shown.push(shown(message(12)))],
  [
    "doubled",
    "a message is shown at two places",
    (room) => room.visits[ALL]!.shown.push({ ...shown(message(13)), clientId: message(12).clientId }),
  ],
  ["doubled", "a client is shown what it knew", (room) => room.visits[LATER]!.shown.unshift(shown(message(6)))],
  [
    "doubled",
    "a replay comes twice",
    (room) => Object.assign(room.visits[LATER]!, { early: [shown(message(10))], calledAt: at(11) + 60_000 }),
  ],
  [
    "doubled",
    "something comes before an announced replay",
    (room) => Object.assign(room.visits[LATER]!, { announced: true }),
  ],
  [
    "doubled",
    "a page of history holds a message twice",
    (room) => room.resyncs[1]!.read!.messages.push(shown(message(12))),
  ],
  ["outOfOrder", "two events are shown swapped", (room) => room.visits[ALL]!.shown.reverse()],
  ["outOfOrder", "a page of history is the wrong way round", (room) => room.resyncs[1]!.read!.messages.reverse()],
  ["gaps", "a place is empty", (room) => room.stored.splice(9, 1)],
  ["gaps", "an event is not shown", (room) => room.visits[ALL]!.shown.splice(4, 1)],
  ["gaps", "the first event is not shown", (room) => room.visits[BEFORE]!.shown.shift()],
  ["gaps", "less is shown than was promised", (room) => room.visits[LATER]!.shown.pop()],
  ["gaps", "the newest is never shown to a member", (room) => Object.assign(room.ends[1]!, { position: 11 })],
  ["gaps", "never to one who came back", (room) => Object.assign(room.ends[2]!, { position: 11 })],
  [
    "gaps",
    "a client is told to pass over what it missed",
    (room) => Object.assign(room.visits[LATER]!, { joinedAfter: 5 }),
  ],
  ["gaps", "it joined, but not that late", (room) => Object.assign(room.visits[BACK]!, { joinedAfter: 11, from: 12 })],
  ["gaps", "a message is missing in the history", (room) => room.resyncs[1]!.read!.messages.splice(1, 1)],
  [
    "differingOrders",
    "two messages are shown in another order, under the right numbers",
    (room) => {
      const [third, , , sixth] = room.visits[ALL]!.shown.slice(2) as [Shown, Shown, Shown, Shown];
      [third.what, sixth.what] = [sixth.what, third.what];
    },
  ],
  [
    "differingOrders",
    "the history is not in the order of commit",
    (room) => Object.assign(room.stored[9]!, { id: 500 }),
  ],
  ["sendersOrderBroken", "two messages of one client change places", (room) => room.written[0]!.reverse()],
  [
    "sessionsOutlived",
    "a socket hears what is written after its session has ended",
    (room) => room.shownAfterEnd.push({ seq: 8, endedAt: at(6) }),
  ],
  ["seenByOutsiders", "the removed see what follows", (room) => room.visits[BEFORE]!.shown.push(shown(message(10)))],
  ["seenByOutsiders", "on a call before they are back", (room) => room.visits[BACK]!.early.push(shown(message(10)))],
  [
    "seenByOutsiders",
    "in the history",
    (room) => {
      const read = { after: 9, reached: 10, messages: [shown(message(10))] };
      room.resyncs.push({ userId: TARGET, from: 5_000, to: 10, read });
    },
  ],
  ["seenByOutsiders", "somebody who never was a member", (room) => room.visits.push(visit(9, 2, [shown(message(3))]))],
  [
    "seenByOutsiders",
    "before they join",
    (room) => room.visits.push(visit(TARGET, 0, [shown(member(1, "member.joined", FRIEND), at(1) + 5)])),
  ],
  ["spokenWithoutRight", "the muted write", (room) => Object.assign(room.stored[5]!, { actorId: TARGET })],
  [
    "spokenWithoutRight",
    "the muted edit",
    (room) => Object.assign(room.stored[5]!, { actorId: TARGET, kind: "message.updated" }),
  ],
  ["spokenWithoutRight", "the removed write", (room) => Object.assign(room.stored[9]!, { actorId: TARGET })],
  ["spokenWithoutRight", "somebody writes before they join", (room) => Object.assign(room.stored[0]!, { actorId: 9 })],
  [
    "needlessResyncs",
    "for 1,000 changes",
    (room) => room.resyncs.push({ userId: OWNER, from: 5, to: 1_005, read: null }),
  ],
  ["needlessResyncs", "for none", (room) => room.resyncs.push({ userId: OWNER, from: 12, to: 12, read: null })],
])("%s: %s", (fault, _name, spoil) => {
  const room = sound();
  spoil(room);
  expect(check([sound(), room]).faults[fault]).toBeGreaterThan(0);
});
