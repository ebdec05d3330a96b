// The `auth` macro, by which routes demand a session.
import { Elysia } from "elysia";
import { ChatError } from "../lib/errors.ts";
import { notLoggedIn } from "../protocol/refusals.ts";
import { findCaller } from "./callers.ts";
import type { HttpServices } from "./services.ts";

/**
 * `auth: true` on a route: answers 401 without a valid session, else gives the handler `session`. It is asked before the input
 * is validated, so that a stranger learns nothing about what the route takes.
 */
export const authentication = (services: Pick<HttpServices, "sessions" | "limits">) =>
  new Elysia({ name: "authentication" }).macro({
    auth: {
      detail: { security: [{ bearer: [] }] },
      // A `transform` can refuse but hand nothing on; `resolve` can, but comes after validation.
      transform: async ({ request }: { request: Request }) => {
        if (await findCaller(services, request)) return;
        throw new ChatError(notLoggedIn);
      },
      resolve: async ({ request }) => ({ session: (await findCaller(services, request))! }),
    },
  });
