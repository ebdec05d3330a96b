// Routes of one's own API keys. No key may call them: one that is stolen makes no others.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { ApiKey, CreatedKey, NewKey } from "../../protocol/bots.ts";
import { API_KEYS_LIMIT } from "../../protocol/limits.ts";
import { logInAgain, notFound, secondFactor, wrongCode, wrongPassword } from "../../protocol/refusals.ts";
import { Done, IdText, Page } from "../../protocol/types.ts";
import { confirmOwner, requireStillOwner } from "../accounts/confirm.ts";
import { createKey, deleteKey, listKeys } from "./service.ts";

export const keysModule = (core: Core) =>
  new Elysia({ name: "keys", tags: ["Bots and keys"] })
    .use(authentication(core))
    .get("/me/keys", ({ session }) => listKeys(core, session.userId), {
      auth: true,
      response: { 200: Page(ApiKey) },
      detail: {
        operationId: "listKeys",
        summary: "Your API keys",
        description: "Those that have not ended, newest first; never the keys themselves.",
      },
    })
    .post(
      "/me/keys",
      async ({ session, body, set }) => {
        const confirmed = await confirmOwner(core, session, body);
        set.status = 201;
        return createKey(core, session.userId, body, { check: (tx) => requireStillOwner(tx, session, confirmed) });
      },
      {
        auth: true,
        body: NewKey,
        response: { 201: CreatedKey, ...refusals(wrongPassword, wrongCode, secondFactor, logInAgain) },
        detail: {
          operationId: "createKey",
          summary: "Create an API key",
          description: `A key acts for you within its scopes, on calls and sockets, until it is deleted or expires, or your password changes. Up to ${API_KEYS_LIMIT} at a time. An account without a password must have logged in within the last 15 minutes.`,
        },
      },
    )
    .delete(
      "/me/keys/:key_id",
      async ({ session, params }) => {
        await deleteKey(core, session.userId, params.key_id);
        return { detail: "The key was deleted." };
      },
      {
        auth: true,
        params: Type.Object({ key_id: IdText("Key id.", 31) }),
        response: { 200: Done, ...refusals(notFound("key")) },
        detail: {
          operationId: "deleteKey",
          summary: "Delete an API key",
          description: "It is refused from now on, and its sockets are closed on every server.",
        },
      },
    );
