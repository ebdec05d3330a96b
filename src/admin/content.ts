// Commands about what is said: deleting messages and groups. They go through the write path of a server that listens to nobody, so that the
// rooms are told as usual.
import { parseArgs } from "node:util";
import type { Core } from "../core.ts";
import { deleteAnyGroup, deleteAnyMessage } from "../modules/admin/content.ts";
import { type Command, type Tools, UsageError } from "./tools.ts";

/** Ids and a reason. */
function read(args: string[]): { id: number; reason: string | undefined } {
  const { values, positionals } = parseArgs({ args, options: { reason: { type: "string" } }, allowPositionals: true });
  if (positionals.length !== 1 || !/^[1-9]\d{0,14}$/.test(positionals[0]!)) throw new UsageError();
  return { id: Number(positionals[0]), reason: values.reason };
}

async function withServer({ config, target }: Tools, work: (core: Core) => Promise<void>): Promise<void> {
  const { createServer } = await import("../app.ts");
  // (As one of several it leaves alone what another one may have begun.)
  const server = await createServer({ ...config, logLevel: "silent", tracing: null }, target, {
    cluster: { others: () => 1 },
  });
  try {
    await work(server.core);
  } finally {
    await server.close();
  }
}

export const CONTENT: Record<string, Command> = {
  "delete-message": {
    usage: "delete-message ID [--reason TEXT]",
    about: "empties a message, as its author could",
    async run(tools, args) {
      const { id, reason } = read(args);
      await withServer(tools, (core) => deleteAnyMessage(core, tools.actor, id, reason));
      return "The message was deleted.";
    },
  },
  "delete-group": {
    usage: "delete-group ID [--reason TEXT]",
    about: "deletes a group with everything in it, as its owner could",
    async run(tools, args) {
      const { id, reason } = read(args);
      await withServer(tools, (core) => deleteAnyGroup(core, tools.actor, id, reason));
      return "The group was deleted.";
    },
  },
};
