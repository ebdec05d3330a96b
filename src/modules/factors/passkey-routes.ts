// Routes of passkeys: adding and removing them, and logging in with one.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { clientAddress } from "../../http/client-address.ts";
import { requireOwnPage } from "../../http/origin.ts";
import { type RelyingParty, relyingPartyOf } from "../../http/relying-party.ts";
import { refusals } from "../../http/responses.ts";
import { ChatError } from "../../lib/errors.ts";
import { AccessToken } from "../../protocol/account.ts";
import {
  OwnerConfirmation,
  Passkey,
  PasskeyCreationOptions,
  PasskeyLogin,
  PasskeyName,
  PasskeyRegistration,
  PasskeyRequestOptions,
} from "../../protocol/factors.ts";
import { PASSKEYS_LIMIT } from "../../protocol/limits.ts";
import {
  accountBanned,
  databaseUnavailable,
  foreignOrigin,
  lastWayIn,
  notFound,
  notOwner,
  passkeyRefused,
  passkeysOff,
  tooManyLogins,
  tooManyPasskeys,
} from "../../protocol/refusals.ts";
import { Done, IdText, One } from "../../protocol/types.ts";

const load = () => import("./passkeys.ts");

export const passkeysModule = (core: Core) => {
  const requireParty = (request: Request): RelyingParty => {
    const party = relyingPartyOf(core.config, request);
    if (!party) throw new ChatError(passkeysOff);
    return party;
  };
  return new Elysia({ name: "passkeys", tags: ["Account"] })
    .use(authentication(core))
    .post(
      "/login/passkey/options",
      async ({ request }) => {
        requireOwnPage(core.config, request);
        const party = requireParty(request);
        return { data: { ...(await (await load()).startLogIn(core, party)) } as never };
      },
      {
        response: { 200: One(PasskeyRequestOptions), ...refusals(foreignOrigin, passkeysOff, databaseUnavailable) },
        detail: {
          operationId: "requestPasskeyLogin",
          summary: "Ask for a challenge to log in with a passkey",
          description: "For `navigator.credentials.get`; good once, and for ten minutes.",
        },
      },
    )
    .post(
      "/login/passkey",
      async ({ body, request, server }) => {
        requireOwnPage(core.config, request);
        const party = requireParty(request);
        const address = clientAddress(request, server, core.config.trustProxy);
        const device = request.headers.get("user-agent") ?? "";
        return (await load()).logInWithPasskey(core, body.credential, { address, device }, party);
      },
      {
        body: PasskeyLogin,
        response: {
          200: AccessToken,
          ...refusals(passkeyRefused, foreignOrigin, passkeysOff, accountBanned(null, ""), tooManyLogins),
        },
        detail: {
          operationId: "verifyPasskeyLogin",
          summary: "Log in with a passkey",
          description:
            "The passkey says whose account it is, and its device has made sure of its owner: neither a username nor a second factor is asked for.",
        },
      },
    )
    .post(
      "/me/passkeys/options",
      async ({ session, body, request }) => {
        const party = requireParty(request);
        return { data: { ...(await (await load()).startRegistration(core, session, body, party)) } as never };
      },
      {
        auth: true,
        body: OwnerConfirmation,
        response: {
          200: One(PasskeyCreationOptions),
          ...refusals(...notOwner, passkeysOff, tooManyPasskeys(PASSKEYS_LIMIT), tooManyLogins),
        },
        detail: {
          operationId: "requestPasskey",
          summary: "Ask for a challenge to add a passkey",
          description: "For `navigator.credentials.create`; good once, for ten minutes, and for this session.",
        },
      },
    )
    .post(
      "/me/passkeys",
      async ({ session, body, request, set }) => {
        const party = requireParty(request);
        const data = await (await load()).finishRegistration(core, session, body, party);
        set.status = 201;
        return { data };
      },
      {
        auth: true,
        body: PasskeyRegistration,
        response: { 201: One(Passkey), ...refusals(passkeysOff, tooManyPasskeys(PASSKEYS_LIMIT)) },
        detail: {
          operationId: "addPasskey",
          summary: "Add a passkey",
          description: "With what the browser has made of the options.",
        },
      },
    )
    .put(
      "/me/passkeys/:passkey_id",
      async ({ session, params, body }) => ({
        data: await (await load()).renamePasskey(core, session.userId, params.passkey_id, body.name),
      }),
      {
        auth: true,
        params: Type.Object({ passkey_id: IdText("Passkey id.", 5) }),
        body: PasskeyName,
        response: { 200: One(Passkey), ...refusals(notFound("passkey")) },
        detail: {
          operationId: "updatePasskey",
          summary: "Rename a passkey",
          description: "What its owner tells it from the others by.",
        },
      },
    )
    .delete(
      "/me/passkeys/:passkey_id",
      async ({ session, params, body }) => {
        await (await load()).removePasskey(core, session, params.passkey_id, body);
        return { detail: "The passkey was removed." };
      },
      {
        auth: true,
        params: Type.Object({ passkey_id: IdText("Passkey id.", 5) }),
        body: OwnerConfirmation,
        response: { 200: Done, ...refusals(...notOwner, notFound("passkey"), lastWayIn, tooManyLogins) },
        detail: {
          operationId: "removePasskey",
          summary: "Remove a passkey",
          description:
            "Nobody can log in with it any more. Sessions that were started with it go on. Refused where it is your only way to log in.",
        },
      },
    );
};
