// Routes of people's pictures.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { bytes, empty, refusals } from "../../http/responses.ts";
import { ChatError } from "../../lib/errors.ts";
import { Account, AvatarChoice } from "../../protocol/account.ts";
import { THUMBNAIL_SIDE } from "../../protocol/limits.ts";
import { fileNotReady, filesUnavailable, notAnImage, notFound, notLoggedIn } from "../../protocol/refusals.ts";
import { IdText, One } from "../../protocol/types.ts";
import { AVATAR_EXAMPLE } from "../../protocol/users.ts";

// What it does is loaded with the first picture.
const load = () => import("./avatars.ts");

const ofCaller = (account: Account | null) => {
  if (!account) throw new ChatError(notLoggedIn);
  return { data: account };
};

export const avatarsModule = (core: Core) =>
  new Elysia({ name: "avatars", tags: ["Account"] })
    .use(authentication(core))
    .put(
      "/me/avatar",
      async ({ session, body }) => ofCaller(await (await load()).setAvatar(core, session.userId, body.file_id)),
      {
        auth: "manage",
        body: AvatarChoice,
        response: { 200: One(Account), ...refusals(notFound("file"), fileNotReady, notAnImage) },
        detail: {
          operationId: "setAvatar",
          summary: "Set your picture",
          description: `Shown as WebP of at most ${THUMBNAIL_SIDE} pixels in both directions. The one before is deleted.`,
        },
      },
    )
    .delete("/me/avatar", async ({ session }) => ofCaller(await (await load()).removeAvatar(core, session.userId)), {
      auth: "manage",
      response: { 200: One(Account) },
      detail: {
        operationId: "removeAvatar",
        summary: "Remove your picture",
        description: "Without one, it changes nothing.",
      },
    })
    .get(
      "/avatars/:user_id/:avatar",
      async ({ params }) => (await load()).serveAvatar(core, params.user_id, params.avatar),
      {
        params: Type.Object({
          user_id: IdText("Whose picture it is.", 3),
          avatar: Type.String({
            format: "text",
            maxLength: 64,
            description: "As people have it.",
            examples: [AVATAR_EXAMPLE],
          }),
        }),
        response: {
          200: bytes("WebP. It never changes: another picture has another address."),
          302: empty("It is in a bucket.", {
            Location: { description: "Its address there, for an hour.", example: "https://…" },
          }),
          ...refusals(notFound("picture"), filesUnavailable),
        },
        detail: {
          operationId: "getAvatar",
          summary: "The picture of a person",
          description: "For everybody who knows its address; without a session, and to be cached for a year.",
        },
      },
    );
