// The responses that give people what is theirs: one at a time for each, written as fast as it is read.
import type { Core } from "../../core.ts";
import { ChatError } from "../../lib/errors.ts";
import { safeError } from "../../lib/log.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { exportUnderWay } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";

export class Exports {
  private readonly underWay = new Set<number>();

  constructor(private readonly core: Core) {}

  /** Throws `slow_down` while another one is under way, or after too many. */
  async start(session: Session): Promise<Response> {
    const { core, underWay } = this;
    const { userId } = session;
    if (underWay.has(userId)) throw new ChatError(exportUnderWay);
    underWay.add(userId);
    try {
      await core.limits.exportData(userId);
      const { exportDocument } = await import("./export.ts");
      const document = exportDocument(core, session);
      const encoder = new TextEncoder();
      const finish = () => underWay.delete(userId);
      const stream = new ReadableStream<Uint8Array>(
        {
          // Asked for the next piece once the one before is on its way.
          async pull(controller) {
            try {
              const { value, done } = await document.next();
              if (!done) return controller.enqueue(encoder.encode(value));
              finish();
              controller.close();
            } catch (error) {
              finish();
              core.log.warn({ error: safeError(error), user: userId }, "an export could not be finished");
              controller.error(error);
            }
          },
          async cancel() {
            finish();
            await document.return(undefined);
          },
        },
        { highWaterMark: 1 },
      );
      logSecurity(core.log, "data_exported", { user: userId });
      return new Response(stream, {
        headers: {
          "content-type": "application/json; charset=utf-8",
          "content-disposition": `attachment; filename="chat-${userId}-${new Date().toISOString().slice(0, 10)}.json"`,
          "cache-control": "no-store",
        },
      });
    } catch (error) {
      underWay.delete(userId);
      throw error;
    }
  }
}
