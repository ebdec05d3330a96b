// Routes of what is done by mail: resetting a password, and proving or changing an e-mail address.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { clientAddress, networkOf } from "../../http/client-address.ts";
import { requireOwnPage } from "../../http/origin.ts";
import { refusals } from "../../http/responses.ts";
import { EmailChange, EmailProof, PasswordReset, PasswordResetRequest } from "../../protocol/recovery.ts";
import {
  emailTaken,
  foreignOrigin,
  mailOff,
  mailUsedUp,
  notFound,
  notOwner,
  tooManyLogins,
} from "../../protocol/refusals.ts";
import { Done } from "../../protocol/types.ts";
import {
  requestEmailChange,
  requestPasswordReset,
  requestVerification,
  resetPassword,
  verifyEmail,
} from "./recovery.ts";

export const recoveryModule = (core: Core) => {
  const networkOfCaller = (request: Request, server: Parameters<typeof clientAddress>[1]) =>
    networkOf(clientAddress(request, server, core.config.trustProxy));
  return new Elysia({ name: "recovery", tags: ["Account"] })
    .use(authentication(core))
    .post(
      "/password/forgot",
      async ({ body, request, server, set }) => {
        requireOwnPage(core.config, request);
        await requestPasswordReset(core, body.email, networkOfCaller(request, server));
        set.status = 202;
        return { detail: "If an account has this address, a mail is on its way to it." };
      },
      {
        body: PasswordResetRequest,
        response: { 202: Done, ...refusals(foreignOrigin, mailOff) },
        detail: {
          operationId: "requestPasswordReset",
          summary: "Ask for a new password",
          description:
            "Sends a link to the address, good once and for an hour, if an account has it. The answer is the same if none has.",
        },
      },
    )
    .post(
      "/password/reset",
      async ({ body, request, server }) => {
        requireOwnPage(core.config, request);
        await resetPassword(core, body, networkOfCaller(request, server));
        return { detail: "Password changed; log in with it. All sessions were ended." };
      },
      {
        body: PasswordReset(core.config.passwordMinLength),
        response: { 200: Done, ...refusals(foreignOrigin, notFound("link"), tooManyLogins) },
        detail: {
          operationId: "resetPassword",
          summary: "Choose a new password",
          description:
            "By the token of the link that was sent. Ends every session and API key of the account; with `revoke_all`, and where the address had never been confirmed, also its passkeys, linked accounts and the API keys of its bots. The second factor stays.",
        },
      },
    )
    .post(
      "/me/email/verification",
      async ({ session, set }) => {
        await requestVerification(core, session);
        set.status = 202;
        return { detail: "A mail is on its way, unless the address was confirmed before." };
      },
      {
        auth: true,
        response: { 202: Done, ...refusals(mailOff, mailUsedUp) },
        detail: {
          operationId: "requestVerification",
          summary: "Confirm your address",
          description: "Sends a link to your e-mail address, good once and for seven days.",
        },
      },
    )
    .put(
      "/me/email",
      async ({ session, body, set }) => {
        await requestEmailChange(core, session, body);
        set.status = 202;
        return { detail: "A mail is on its way to the new address; it is yours once you follow the link in it." };
      },
      {
        auth: true,
        body: EmailChange,
        response: {
          202: Done,
          ...refusals(mailOff, mailUsedUp, ...notOwner, emailTaken, tooManyLogins),
        },
        detail: {
          operationId: "changeEmail",
          summary: "Change your e-mail address",
          description:
            "The new one takes the place of the old one when the link that is sent to it is followed. The old one is told.",
        },
      },
    )
    .post(
      "/email/verify",
      async ({ body, request }) => {
        requireOwnPage(core.config, request);
        await verifyEmail(core, body.token);
        return { detail: "The address is confirmed." };
      },
      {
        body: EmailProof,
        response: { 200: Done, ...refusals(foreignOrigin, notFound("link"), emailTaken) },
        detail: {
          operationId: "verifyEmail",
          summary: "Follow a link to an address",
          description: "By the token of the link that was sent: the address is the account's, and confirmed.",
        },
      },
    );
};
