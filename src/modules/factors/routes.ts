// Routes of the second factor.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { Factors, OwnerConfirmation, RecoveryCodes, TotpConfirmation, TotpSecret } from "../../protocol/factors.ts";
import { notFound, notOwner, passwordNeeded, tooManyLogins, totpIsOn, wrongCode } from "../../protocol/refusals.ts";
import { Done, One } from "../../protocol/types.ts";
import { confirmTotp, disableTotp, getFactors, renewRecoveryCodes, startTotp } from "./service.ts";

export const factorsModule = (core: Core) =>
  new Elysia({ name: "factors", tags: ["Account"] })
    .use(authentication(core))
    .get("/me/factors", async ({ session }) => ({ data: await getFactors(core, session.userId) }), {
      auth: true,
      response: { 200: One(Factors) },
      detail: {
        operationId: "getFactors",
        summary: "How you log in",
        description: "What proves that it is you, besides the password.",
      },
    })
    .post("/me/totp", async ({ session, body }) => ({ data: await startTotp(core, session, body) }), {
      auth: true,
      body: OwnerConfirmation,
      response: { 200: One(TotpSecret), ...refusals(...notOwner, tooManyLogins, passwordNeeded, totpIsOn) },
      detail: {
        operationId: "createTotp",
        summary: "Set up an authenticator app",
        description:
          "Gives a secret for the app (RFC 6238: SHA-1, six digits, 30 seconds). It counts for nothing until a code of it was sent to `POST /me/totp/confirm`, within the hour.",
      },
    })
    .post("/me/totp/confirm", async ({ session, body }) => ({ data: await confirmTotp(core, session, body.code) }), {
      auth: true,
      body: TotpConfirmation,
      response: { 200: One(RecoveryCodes), ...refusals(wrongCode, notFound("second factor"), tooManyLogins) },
      detail: {
        operationId: "verifyTotp",
        summary: "Turn the second factor on",
        description:
          "By a code of the app. From now on a log-in with the password takes a code as well, and so do calls that ask for the present password. The recovery codes are shown this once.",
      },
    })
    .delete(
      "/me/totp",
      async ({ session, body }) => {
        await disableTotp(core, session, body);
        return { detail: "The second factor is off." };
      },
      {
        auth: true,
        body: OwnerConfirmation,
        response: { 200: Done, ...refusals(...notOwner, tooManyLogins, notFound("second factor")) },
        detail: {
          operationId: "removeTotp",
          summary: "Turn the second factor off",
          description: "The recovery codes go with it.",
        },
      },
    )
    .post(
      "/me/recovery-codes",
      async ({ session, body }) => ({ data: await renewRecoveryCodes(core, session, body) }),
      {
        auth: true,
        body: OwnerConfirmation,
        response: { 200: One(RecoveryCodes), ...refusals(...notOwner, tooManyLogins, notFound("second factor")) },
        detail: {
          operationId: "renewRecoveryCodes",
          summary: "Replace your recovery codes",
          description: "The former ones are void. The new ones are shown this once.",
        },
      },
    );
