// Servers with a fault put in on purpose, to see that the checker can fail. A mutant is a few exact changes to the source,
// made while it is loaded (mutate.ts): nothing in the server itself knows of them.
import { join } from "node:path";
import type { Weights } from "./campaign.ts";
import type { Fault } from "./checker.ts";

export const SRC = join(import.meta.dir, "../../src");

export interface Edit {
  /** From `src/` on. */
  file: string;
  find: string;
  replace: string;
}

export interface Mutant {
  edits: Edit[];
  /** What brings the fault to light. */
  weights: Weights;
  /** Every one of these must be found. */
  caughtAs: Fault[];
}

export const MUTANTS = {
  "ack before commit": {
    edits: [
      {
        file: "timeline/message-lane.ts",
        find: "const verdicts = await appendMessages(\n      writer.sql,\n      batch.map(({ draft }) => draft),\n      (message) => this.recipientOf(message),\n      link,\n      this.parts.epoch.current,\n    );",
        replace: `const verdicts = await new Promise<Verdict[] | null>((resolve, reject) => {
          this.parts.sql
            .begin(async (tx) => {
              const drafts = batch.map(({ draft }) => draft);
              resolve(await appendMessages(tx as never, drafts, (message) => this.recipientOf(message), link));
              await Bun.sleep(200);
            })
            .catch(reject);
        });`,
      },
    ],
    weights: { processes: { "server killed": 1 }, network: {}, clients: {} },
    caughtAs: ["acknowledgedButLost", "seenButLost"],
  },
  "no idempotency": {
    edits: [
      {
        file: "timeline/append.ts",
        find: "arrayOf(batch.map(({ clientId }) => clientId))",
        replace: "arrayOf(batch.map(() => crypto.randomUUID()))",
      },
    ],
    weights: { processes: {}, network: { "every connection cut": 1 }, clients: {} },
    caughtAs: ["doubled"],
  },
  "subscribe after read": {
    edits: [
      {
        file: "realtime/replay-buffer.ts",
        find: "this.bus.tap(topic, (frame, seq) => this.push(topic, frame, seq)),",
        replace: "() => {},",
      },
      {
        file: "realtime/resume.ts",
        find: "      const isLast = start >= rooms.length;",
        replace: "      await Bun.sleep(20);\n      const isLast = start >= rooms.length;",
      },
    ],
    weights: { processes: {}, network: { "every connection cut": 1 }, clients: {} },
    caughtAs: ["gaps"],
  },
  "no order behind a refusal": {
    edits: [
      { file: "realtime/send-order.ts", find: "throw held.refusal;", replace: "return undefined;" },
      // Soon enough for a short campaign.
      { file: "timeline/queue.ts", find: "QUEUE_TIMEOUT_MS = 5_000;", replace: "QUEUE_TIMEOUT_MS = 300;" },
      {
        file: "timeline/queue.ts",
        find: "(socket && refused.get(socket)?.get(roomId)) ?? (copy.deadline < now ? late : null)",
        replace: "copy.deadline < now ? late : null",
      },
    ],
    weights: { processes: { "server and PostgreSQL frozen": 1 }, network: {}, clients: {} },
    caughtAs: ["sendersOrderBroken"],
  },
  "changes published before their commit": {
    edits: [
      {
        file: "timeline/transaction-runner.ts",
        find: "      return work(transaction);",
        replace: `      const done = await work(transaction);
        for (const event of transaction.appended.splice(0)) publisher.publishNew(event);
        await Bun.sleep(300);
        return done;`,
      },
      {
        file: "timeline/change-lane.ts",
        find: "const results = await appendChanges(writer.sql, changes, link, epoch.current, search);",
        replace: `const results = await new Promise<ChangeResult[] | null>((resolve, reject) => {
          writer.sql
            .begin(async (tx) => {
              resolve(await appendChanges(tx as never, changes, link, epoch.current, search));
              await Bun.sleep(200);
            })
            .catch(reject);
        });`,
      },
    ],
    weights: { processes: { "server killed": 1 }, network: {}, clients: {} },
    caughtAs: ["seenButLost"],
  },
  "silence about what was committed unheard": {
    edits: [
      {
        file: "timeline/in-doubt.ts",
        find: "for (const event of missed) this.publisher.publishFound(event);",
        replace: "",
      },
      { file: "timeline/outcomes.ts", find: "pending.retried && id", replace: "false && id" },
    ],
    weights: { processes: { "answers of PostgreSQL lost": 1 }, network: {}, clients: {} },
    caughtAs: ["gaps"],
  },
  "sockets outlive their session": {
    edits: [
      {
        file: "realtime/hub.ts",
        find: 'for (const connection of [...(this.bySession.get(signal.sessionId) ?? [])]) connection.end("unauthorized");',
        replace: "",
      },
    ],
    weights: { processes: {}, network: {}, clients: { "session ended": 1 } },
    caughtAs: ["sessionsOutlived"],
  },
  "ended sessions are let in": {
    edits: [{ file: "sessions/cache.ts", find: 'if (key) this.entries.set(key, "ended");', replace: "" }],
    weights: { processes: {}, network: {}, clients: { "session ended": 1 } },
    caughtAs: ["sessionsOutlived"],
  },
  "a feed that moves on before its work is done": {
    edits: [
      {
        file: "feeds/feed-worker.ts",
        find: "await Promise.all([this.feed.work(tx, taken.events), movePositions(tx, name, taken.positions)]);",
        replace: `{
          await movePositions(tx, name, taken.positions);
          setTimeout(() => sql.begin((later) => this.feed.work(later, taken.events)).catch(() => {}), 300);
        }`,
      },
    ],
    weights: { processes: { "server killed": 1 }, network: {}, clients: {} },
    caughtAs: ["wrongIndex"],
  },
  "deletions and edits that search does not hear of": {
    edits: [
      { file: "timeline/append-changes.ts", find: 'kind === "message.deleted")', replace: "kind === undefined)" },
      { file: "feeds/search/feed.ts", find: 'kind === "message.deleted")', replace: "kind === undefined)" },
    ],
    weights: { processes: {}, network: { "every connection cut": 1 }, clients: {} },
    caughtAs: ["wrongIndex"],
  },
  "strangers hear conversations": {
    edits: [
      {
        file: "timeline/replay-reader.ts",
        find: "join members m on m.user_id = i.user_id\n      join rooms r on r.id = m.room_id\n      left join",
        replace: `join (select distinct room_id from members) m on true
          join rooms r on r.id = m.room_id and (r.kind = 'direct' or exists (
            select 1 from members x where x.room_id = r.id and x.user_id = i.user_id))
          left join`,
      },
      {
        file: "timeline/replay-reader.ts",
        find: "join members m on m.room_id = i.room_id and m.user_id = i.user_id",
        replace: `join lateral (
        select * from members x where x.room_id = i.room_id order by x.user_id <> i.user_id, x.user_id limit 1
      ) m on true`,
      },
    ],
    weights: { processes: {}, network: { "every connection cut": 1 }, clients: {} },
    caughtAs: ["seenByOutsiders"],
  },
  "a reaction counted twice on replay": {
    edits: [
      {
        file: "timeline/replay-reader.ts",
        find: "    data: row.data,\n    createdAt",
        replace: `    data: row.kind === "reaction.added"
      ? { ...(row.data as object), count: (row.data as { count: number }).count + 1 }
      : row.data,
    createdAt`,
      },
    ],
    weights: { processes: {}, network: { "every connection cut": 1 }, clients: {} },
    caughtAs: ["seenButLost"],
  },
  "a reaction counted as often as it is put": {
    edits: [
      {
        file: "db/functions/append_reactions_1.sql",
        find: "WHEN (i.change = 'reaction.added') = (r.user_id IS NOT NULL) THEN 'same'",
        replace: "WHEN i.change = 'reaction.removed' AND r.user_id IS NULL THEN 'same'",
      },
      {
        file: "db/functions/append_reactions_1.sql",
        find: "WHERE p_change[i.n] = 'reaction.added';",
        replace: "WHERE p_change[i.n] = 'reaction.added' ON CONFLICT DO NOTHING;",
      },
    ],
    weights: { processes: {}, network: { "every connection cut": 1 }, clients: {} },
    caughtAs: ["wrongReactions"],
  },
  "a quote that keeps deleted text": {
    edits: [
      {
        file: "timeline/message-data.ts",
        find: "export function toExtras(raw: RawExtras | null): MessageExtras | null {",
        replace: `const kept = new Map<number, NonNullable<RawExtras["reply_to"]>>();
          export function toExtras(raw: RawExtras | null): MessageExtras | null {
            const quote = raw?.reply_to;
            if (quote && !kept.has(quote.id)) kept.set(quote.id, quote);
            if (quote) return { ...raw, reply_to: kept.get(quote.id)! };`,
      },
    ],
    weights: { processes: {}, network: { "every connection cut": 1 }, clients: {} },
    caughtAs: ["wrongQuotes"],
  },
  "a file readable after removal": {
    edits: [
      {
        file: "files/records.ts",
        find: "m.room_id = u.room_id and",
        replace: "m.room_id = u.room_id or",
      },
    ],
    weights: { processes: {}, network: { "some connections cut": 1 }, clients: {} },
    caughtAs: ["filesOutlived"],
  },
  "a file that goes into two messages": {
    edits: [{ file: "db/functions/append_messages_5.sql", find: "OR f.used_at IS NOT NULL ", replace: "" }],
    weights: { processes: {}, network: { "every connection cut": 1 }, clients: {} },
    caughtAs: ["wrongFiles"],
  },
  "files that stay though they were taken out": {
    edits: [
      {
        file: "db/functions/append_changes_4.sql",
        find: "PERFORM drop_files_1(p_room[v_n], p_message[v_n], v_data[v_n] -> 'files');",
        replace: "NULL;",
      },
    ],
    weights: { processes: {}, network: { "some connections cut": 1 }, clients: {} },
    caughtAs: ["wrongFiles"],
  },
  "formatting that outlives its text": {
    edits: [
      {
        file: "db/functions/append_changes_4.sql",
        find: "ELSE coalesce(e.data, '{}') - 'entities' END",
        replace: "ELSE coalesce(e.data, '{}') END",
      },
    ],
    weights: { processes: {}, network: { "some connections cut": 1 }, clients: {} },
    caughtAs: ["wrongExtras"],
  },
  "mentions by oneself": {
    edits: [{ file: "timeline/room-summaries.ts", find: "and t.actor_id <> m.user_id ", replace: "" }],
    weights: { processes: {}, network: { "some connections cut": 1 }, clients: {} },
    caughtAs: ["wrongMentions"],
  },
} satisfies Record<string, Mutant>;

export type MutantName = keyof typeof MUTANTS;

/** Has a server reach its own PostgreSQL through the proxy that listens at `socket`. */
export const DATABASE_PROXY_EDIT = (socket: string): Edit => ({
  file: "db/storage.ts",
  find: "    target,",
  replace: `    target: { ...target, socket: ${JSON.stringify(socket)} },`,
});

/** Has a server read its SQL functions from this directory. */
export const FUNCTIONS_EDIT = (dir: string): Edit => ({
  file: "db/functions.ts",
  find: 'const DIR = programFile("src/db/functions");',
  replace: `const DIR = ${JSON.stringify(dir)};`,
});

/** The source of each file that the edits touch with the edits made, by its path. Throws when one does not apply. */
export async function mutatedSources(edits: Edit[]): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for (const edit of edits) {
    const path = join(SRC, edit.file);
    sources.set(path, mutate(sources.get(path) ?? (await Bun.file(path).text()), edit));
  }
  return sources;
}

/** The source with the change made. Throws unless the place is there exactly once, so that no mutant ends as a plain server. */
export function mutate(source: string, { file, find, replace }: Edit): string {
  const [before, after, ...more] = source.split(find);
  if (after === undefined || more.length > 0)
    throw new Error(`${file} has changed: the mutant's place is not there once`);
  return before + replace + after;
}
