// The responses that give people what is theirs: one at a time for each, written as fast as it is read.
import type { Core } from "../../core.ts";
import { ChatError } from "../../lib/errors.ts";
import { safeError } from "../../lib/log.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { exportUnderWay } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";

/** One of which nothing was read for so long is given up for the next: not every connection that ends says so. */
const STALLED_MS = 30_000;

interface Export {
  /** When a piece was last asked for, by the monotonic clock. */
  readAt: number;
  end(): void;
}

export class Exports {
  private readonly underWay = new Map<number, Export>();

  constructor(private readonly core: Core) {}

  /** `signal` says that the client has gone away. Throws `slow_down` while another one is under way, or after too many. */
  async start(session: Session, signal: AbortSignal): Promise<Response> {
    const { core, underWay } = this;
    const { userId } = session;
    const other = underWay.get(userId);
    if (other && performance.now() - other.readAt < STALLED_MS) throw new ChatError(exportUnderWay);
    other?.end();
    const own: Export = { readAt: performance.now(), end: () => {} };
    const finish = () => {
      if (underWay.get(userId) === own) underWay.delete(userId);
    };
    underWay.set(userId, own);
    try {
      await core.limits.exportData(userId);
      const { exportDocument } = await import("./export.ts");
      const document = exportDocument(core, session);
      const encoder = new TextEncoder();
      let isCut = false;
      own.end = () => {
        isCut = true;
        finish();
        void document.return(undefined);
      };
      signal.addEventListener("abort", own.end, { once: true });
      const stream = new ReadableStream<Uint8Array>(
        {
          // Asked for the next piece once the one before is on its way.
          async pull(controller) {
            own.readAt = performance.now();
            try {
              const { value, done } = await document.next();
              if (!done) return controller.enqueue(encoder.encode(value));
              finish();
              // Whoever still reads must not take it for whole.
              if (isCut) controller.error(new Error("the export was given up"));
              else controller.close();
            } catch (error) {
              finish();
              core.log.warn({ error: safeError(error), user: userId }, "an export could not be finished");
              controller.error(error);
            }
          },
          cancel: () => own.end(),
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
      finish();
      throw error;
    }
  }
}
