// Routes of what a user lets others see and do.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { Privacy, PrivacyUpdate } from "../../protocol/privacy.ts";
import { One } from "../../protocol/types.ts";
import { getPrivacy, updatePrivacy } from "./service.ts";

export const privacyModule = (core: Core) =>
  new Elysia({ name: "privacy", tags: ["Account"] })
    .use(authentication(core))
    .get("/me/privacy", async ({ session }) => ({ data: await getPrivacy(core, session.userId) }), {
      auth: "read",
      response: { 200: One(Privacy) },
      detail: {
        operationId: "getPrivacy",
        summary: "Your privacy",
        description: "What you let others see and do; everything, unless you have chosen otherwise.",
      },
    })
    .put("/me/privacy", async ({ session, body }) => ({ data: await updatePrivacy(core, session.userId, body) }), {
      auth: "manage",
      body: PrivacyUpdate,
      response: { 200: One(Privacy) },
      detail: {
        operationId: "updatePrivacy",
        summary: "Change your privacy",
        description: "What is left out stays as it is. When it is answered, it holds everywhere.",
      },
    });
