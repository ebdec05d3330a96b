// Routes of one's bots and their API keys.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { AvatarChoice } from "../../protocol/account.ts";
import { ApiKey, Bot, BotUpdate, CreatedKey, NewBot, NewBotKey } from "../../protocol/bots.ts";
import { BOTS_LIMIT } from "../../protocol/limits.ts";
import { fileNotReady, nameTaken, notAnImage, notFound, usernameTaken } from "../../protocol/refusals.ts";
import { Done, IdText, One, Page } from "../../protocol/types.ts";
import { createKey, deleteKey, listKeys } from "../keys/service.ts";
import { createBot, deleteBot, getBot, listBots, removeBotAvatar, setBotAvatar, updateBot } from "./service.ts";

const botId = IdText("User id of the bot.", 41);
const BotParams = Type.Object({ bot_id: botId });
const BotKeyParams = Type.Object({ bot_id: botId, key_id: IdText("Key id.", 31) });

export const botsModule = (core: Core) =>
  new Elysia({ name: "bots", tags: ["Bots and keys"] })
    .use(authentication(core))
    .get("/bots", ({ session }) => listBots(core, session.userId), {
      auth: true,
      response: { 200: Page(Bot) },
      detail: { operationId: "listBots", summary: "Your bots", description: "Oldest first." },
    })
    .post(
      "/bots",
      async ({ session, body, set }) => {
        set.status = 201;
        return { data: await createBot(core, session.userId, body) };
      },
      {
        auth: true,
        body: NewBot,
        response: { 201: One(Bot), ...refusals(usernameTaken, nameTaken) },
        detail: {
          operationId: "createBot",
          summary: "Create a bot",
          description: `A user that a program runs with an API key of its own, and that others see as a bot: nobody's friend, and in conversations only with those who have begun one with it. Up to ${BOTS_LIMIT}.`,
        },
      },
    )
    .get(
      "/bots/:bot_id",
      async ({ session, params }) => ({ data: await getBot(core, session.userId, params.bot_id) }),
      {
        auth: true,
        params: BotParams,
        response: { 200: One(Bot), ...refusals(notFound("bot")) },
        detail: { operationId: "getBot", summary: "One of your bots", description: "As others see it." },
      },
    )
    .put(
      "/bots/:bot_id",
      async ({ session, params, body }) => ({ data: await updateBot(core, session.userId, params.bot_id, body) }),
      {
        auth: true,
        params: BotParams,
        body: BotUpdate,
        response: { 200: One(Bot), ...refusals(notFound("bot"), usernameTaken, nameTaken) },
        detail: {
          operationId: "updateBot",
          summary: "Change a bot",
          description:
            "Its username and what is shown of it: what is left out stays as it is, and null takes something away. A username changes as often as a person's may.",
        },
      },
    )
    .put(
      "/bots/:bot_id/avatar",
      async ({ session, params, body }) => ({
        data: await setBotAvatar(core, session.userId, params.bot_id, body.file_id),
      }),
      {
        auth: true,
        params: BotParams,
        body: AvatarChoice,
        response: { 200: One(Bot), ...refusals(notFound("bot"), notFound("file"), fileNotReady, notAnImage) },
        detail: {
          operationId: "setBotAvatar",
          summary: "Set a bot's picture",
          description: "An image that you have uploaded; it is the bot's from then on. The one before is deleted.",
        },
      },
    )
    .delete(
      "/bots/:bot_id/avatar",
      async ({ session, params }) => ({ data: await removeBotAvatar(core, session.userId, params.bot_id) }),
      {
        auth: true,
        params: BotParams,
        response: { 200: One(Bot), ...refusals(notFound("bot")) },
        detail: {
          operationId: "removeBotAvatar",
          summary: "Remove a bot's picture",
          description: "Without one, it changes nothing.",
        },
      },
    )
    .delete(
      "/bots/:bot_id",
      async ({ session, params }) => {
        await deleteBot(core, session.userId, params.bot_id);
        return { detail: "The bot was deleted." };
      },
      {
        auth: true,
        params: BotParams,
        response: { 200: Done, ...refusals(notFound("bot")) },
        detail: {
          operationId: "deleteBot",
          summary: "Delete a bot",
          description:
            "Its keys end and its sockets are closed at once. What it has written stays, as a deleted user's.",
        },
      },
    )
    .get(
      "/bots/:bot_id/keys",
      async ({ session, params }) => {
        await getBot(core, session.userId, params.bot_id);
        return listKeys(core, params.bot_id);
      },
      {
        auth: true,
        params: BotParams,
        response: { 200: Page(ApiKey), ...refusals(notFound("bot")) },
        detail: { operationId: "listBotKeys", summary: "A bot's API keys", description: "Newest first." },
      },
    )
    .post(
      "/bots/:bot_id/keys",
      async ({ session, params, body, set }) => {
        await getBot(core, session.userId, params.bot_id);
        set.status = 201;
        return createKey(core, params.bot_id, body, { by: session.userId });
      },
      {
        auth: true,
        params: BotParams,
        body: NewBotKey,
        response: { 201: CreatedKey, ...refusals(notFound("bot")) },
        detail: {
          operationId: "createBotKey",
          summary: "Create an API key for a bot",
          description: "With it a program calls and connects as the bot, within the key's scopes.",
        },
      },
    )
    .delete(
      "/bots/:bot_id/keys/:key_id",
      async ({ session, params }) => {
        await getBot(core, session.userId, params.bot_id);
        await deleteKey(core, params.bot_id, params.key_id, session.userId);
        return { detail: "The key was deleted." };
      },
      {
        auth: true,
        params: BotKeyParams,
        response: { 200: Done, ...refusals(notFound("key")) },
        detail: {
          operationId: "deleteBotKey",
          summary: "Delete an API key of a bot",
          description: "It is refused from now on, and its sockets are closed on every server.",
        },
      },
    );
