// Routes of what people do with what is theirs: another username, and deleting the account.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { Account } from "../../protocol/account.ts";
import { HELD_NAME_DAYS, USERNAME_CHANGE_DAYS, USERNAME_CHANGES } from "../../protocol/limits.ts";
import { AccountDeletion, AccountExport, UsernameChange } from "../../protocol/own-data.ts";
import { exportUnderWay, notOwner, tooMany, usernameTaken } from "../../protocol/refusals.ts";
import { Done, One } from "../../protocol/types.ts";
import { Exports } from "./exports.ts";

export const ownDataModule = (core: Core) => {
  const exports = new Exports(core);
  return new Elysia({ name: "own-data", tags: ["Account"] })
    .use(authentication(core))
    .get(
      "/me/export",
      // (A stream has no type of its own here.)
      async ({ session, request }) => (await exports.start(session, request.signal)) as never,
      {
        auth: true,
        response: { 200: AccountExport, ...refusals(exportUnderWay) },
        detail: {
          operationId: "getExport",
          summary: "Everything that is yours",
          description:
            "One JSON document, written while it is read, so that it may be of any size: a line an item. One at a time, and a few an hour. The bytes of files are fetched from their addresses.",
        },
      },
    )
    .put(
      "/me/username",
      async ({ session, body }) => {
        const { changeUsername } = await import("./rename.ts");
        return { data: await changeUsername(core, session, body) };
      },
      {
        auth: true,
        body: UsernameChange,
        response: {
          200: One(Account),
          ...refusals(...notOwner, usernameTaken, tooMany("changes of your username", 3600)),
        },
        detail: {
          operationId: "changeUsername",
          summary: "Change your username",
          description: `Everybody is shown the new one, on messages as well. Nobody else gets the former one for ${HELD_NAME_DAYS} days. It can be changed ${USERNAME_CHANGES} times in ${USERNAME_CHANGE_DAYS} days.`,
        },
      },
    )
    .delete(
      "/me",
      async ({ session, body }) => {
        const { deleteAccount } = await import("./deletion.ts");
        await deleteAccount(core, session, body);
        return { detail: "Your account was deleted." };
      },
      {
        auth: true,
        body: AccountDeletion,
        response: { 200: Done, ...refusals(...notOwner) },
        detail: {
          operationId: "deleteAccount",
          summary: "Delete your account",
          description:
            "At once and for good: every session ends, and nobody can log in any more. Your messages stay, as a deleted user's, without their files; everything else that is yours is removed within minutes, or longer where there is much of it. Groups of yours go to the admin of longest standing, else to the oldest member; one without any other member is deleted.",
        },
      },
    );
};
