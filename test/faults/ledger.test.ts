// A client's account of what it was shown: where a replay begins and ends, what starts a visit, how far it knows the room.
import { expect, test } from "bun:test";
import { Ledger } from "./ledger.ts";

const event = (seq: number) => ({ seq, what: `event ${seq}`, clientId: null, at: seq });

/** A client that knows the room up to `position` and has called. */
function calling(position: number): Ledger {
  const ledger = new Ledger(1);
  ledger.call(1_000);
  ledger.resync(position);
  ledger.visits.length = 0;
  ledger.call(2_000);
  return ledger;
}

const show = (ledger: Ledger, ...seqs: number[]) => {
  for (const seq of seqs) ledger.show(event(seq));
};

const accounts = (ledger: Ledger) =>
  ledger.visits.map(({ from, early, shown, promised }) => ({
    from,
    early: early.map(({ seq }) => seq),
    shown: shown.map(({ seq }) => seq),
    promised,
  }));

test("a replay and what follows it are one visit; the next call goes on from there", () => {
  const ledger = calling(5);
  show(ledger, 6, 7);
  ledger.resumed(7);
  show(ledger, 8);
  ledger.hangUp();
  expect(ledger.position).toBe(8);
  ledger.call(3_000);
  ledger.resumed(8);
  expect(accounts(ledger)).toEqual([
    { from: 5, early: [], shown: [6, 7, 8], promised: 7 },
    { from: 8, early: [], shown: [], promised: 8 },
  ]);
  expect(ledger.visits.map(({ calledAt }) => calledAt)).toEqual([2_000, 3_000]);
});

test("live events before the replay are told from it", () => {
  const ledger = calling(5);
  show(ledger, 8, 9, 6, 7, 8, 9, 10);
  ledger.resumed(9);
  expect(accounts(ledger)).toEqual([{ from: 5, early: [8, 9], shown: [6, 7, 8, 9, 10], promised: 9 }]);
});

test("a line that breaks before the replay has brought nothing, in the midst of it a part", () => {
  const ledger = calling(5);
  show(ledger, 8);
  ledger.hangUp();
  expect(ledger.position).toBe(5);
  ledger.call();
  show(ledger, 6, 7);
  ledger.hangUp();
  expect(ledger.position).toBe(7);
  expect(accounts(ledger).map(({ early, shown }) => [early, shown])).toEqual([
    [[8], []],
    [[], [6, 7]],
  ]);
});

test("after a resync the client goes on from where it is told", () => {
  const ledger = calling(5);
  show(ledger, 2_000);
  expect(ledger.resync(2_000)).toBe(5);
  show(ledger, 2_001);
  ledger.resumed(2_000);
  expect(accounts(ledger)).toEqual([{ from: 2_000, early: [2_000], shown: [2_001], promised: null }]);
  expect(ledger.position).toBe(2_001);
});

test("who is let into a room begins where they are told, and the checker learns what they knew before", () => {
  const ledger = calling(5);
  ledger.resumed(5);
  show(ledger, 6);
  ledger.left();
  expect(ledger.isIn).toBe(false);
  ledger.joined(20);
  show(ledger, 21);
  expect(ledger.visits.map(({ from, joinedAfter }) => [from, joinedAfter])).toEqual([
    [5, null],
    [20, 6],
  ]);
});

test("let into the room while the answer to the call is still to come", () => {
  const lost = calling(5);
  lost.joined(20);
  show(lost, 21);
  lost.left();
  expect(accounts(lost)).toEqual([{ from: 20, early: [], shown: [21], promised: null }]);
  const replayed = calling(5);
  replayed.joined(7);
  show(replayed, 6, 7, 8);
  replayed.resumed(7);
  expect(accounts(replayed)).toEqual([{ from: 5, early: [], shown: [6, 7, 8], promised: 7 }]);
});

test("an event in a room that was left stands as a visit of its own, for the checker to see", () => {
  const ledger = calling(5);
  ledger.left();
  show(ledger, 9);
  expect(accounts(ledger)).toEqual([{ from: 5, early: [], shown: [9], promised: null }]);
});

test("what was forgotten is asked for again, and nothing is remembered that was not known", () => {
  const ledger = calling(5);
  show(ledger, 6, 7);
  ledger.resumed(7);
  ledger.forget(6);
  expect(ledger.position).toBe(6);
  ledger.forget(100);
  expect(ledger.position).toBe(6);
});
