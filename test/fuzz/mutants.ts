// Servers with a fault put in on purpose, to see that the fuzzer finds it: exact changes to the source, made while it is loaded.
import type { Edit } from "../faults/mutants.ts";
import type { Finding } from "./ledger.ts";

export const FUZZ_MUTANTS: Record<string, { edits: Edit[]; caughtAs: Finding; only?: RegExp }> = {
  "a call throws": {
    edits: [
      {
        file: "modules/blocks/routes.ts",
        find: "listBlocks(core, session.userId, query.cursor, query.limit ?? PAGE_LIMIT), {",
        replace:
          "(query.limit === 1 ? null!.x : listBlocks(core, session.userId, query.cursor, query.limit ?? PAGE_LIMIT)), {",
      },
    ],
    caughtAs: "server error",
  },
  "a binary frame ends the process": {
    edits: [
      {
        file: "realtime/connection.ts",
        find: 'const text = typeof raw === "string" ? raw : "";',
        replace: 'if (typeof raw !== "string") process.exit(3);\n    const text = raw;',
      },
    ],
    caughtAs: "server ended",
  },
  "strangers read private groups": {
    edits: [
      {
        file: "modules/groups/policy.ts",
        find: '  if (!group || group.isPrivate) throw new ChatError(notFound("group"));',
        replace: '  if (group) return { userId, username: "", role: "member", isMuted: false, mutedUntil: null };',
      },
    ],
    caughtAs: "private seen by outsiders",
    only: /Group(Messages|Events)|listMembers/,
  },
  "strangers join private groups": {
    edits: [
      {
        file: "modules/groups/members.ts",
        find: "if (!group || (group.isPrivate && !member)) throw",
        replace: "if (!group) throw",
      },
    ],
    caughtAs: "innocent disturbed",
  },
  "frames are kept": {
    edits: [
      {
        file: "realtime/dispatch.ts",
        find: "  run(connection: DispatchingConnection, raw: string) {",
        replace:
          "  kept: unknown[] = [];\n  run(connection: DispatchingConnection, raw: string) {\n    this.kept.push(new Array(4_000).fill(0));",
      },
    ],
    caughtAs: "memory kept",
  },
  "a command is not answered": {
    edits: [
      {
        file: "realtime/dispatch.ts",
        find: "if (ref !== undefined) connection.acknowledge(ref, data);",
        replace: 'if (ref !== undefined && !ref.endsWith("77")) connection.acknowledge(ref, data);',
      },
    ],
    caughtAs: "not answered",
  },
  "errors on sockets have a field too many": {
    edits: [
      {
        file: "realtime/connection.ts",
        find: "...refusal.toBody() }));",
        replace: '...refusal.toBody(), hint: "x" } as never));',
      },
    ],
    caughtAs: "not as documented",
  },
  "responses may be sniffed": {
    edits: [{ file: "http/rules.ts", find: '  "x-content-type-options": "nosniff",\n', replace: "" }],
    caughtAs: "headers missing",
  },
  "refusals show where they come from": {
    edits: [
      {
        file: "http/body.ts",
        find: "throw new ChatError(bodyNotJson);",
        replace: "throw new ChatError({ ...bodyNotJson, detail: String(new Error().stack) });",
      },
    ],
    caughtAs: "internals shown",
  },
};
