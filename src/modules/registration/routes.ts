// Routes for those who have no account yet.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { relyingPartyOf } from "../../http/relying-party.ts";
import { refusals } from "../../http/responses.ts";
import { ChatError } from "../../lib/errors.ts";
import { CHALLENGE_SECONDS } from "../../protocol/limits.ts";
import { noChallenge } from "../../protocol/refusals.ts";
import { RegistrationChallenge, RegistrationInfo } from "../../protocol/registration.ts";
import { One } from "../../protocol/types.ts";

export const registrationModule = (core: Core) =>
  new Elysia({ name: "registration", tags: ["Account"] })
    .get(
      "/registration/challenge",
      async () => {
        if (core.config.registrationChallenge === "off") throw new ChatError(noChallenge);
        return { data: await (await import("./policy.ts")).newChallenge(core) };
      },
      {
        response: { 200: One(RegistrationChallenge), ...refusals(noChallenge) },
        detail: {
          operationId: "getRegistrationChallenge",
          summary: "A challenge for a new account",
          description: `For a registration that was refused with \`proof_required\`: its solution is good for one account, within ${CHALLENGE_SECONDS / 60} minutes.`,
        },
      },
    )
    .get(
      "/registration",
      ({ request }) => ({
        data: {
          mode: core.config.registration,
          password_min_length: core.config.passwordMinLength,
          passkeys: relyingPartyOf(core.config, request) !== null,
          providers: core.config.oidcProviders.map(({ id, label }) => ({ id, label })),
        },
      }),
      {
        response: { 200: One(RegistrationInfo) },
        detail: {
          operationId: "getRegistration",
          summary: "How accounts are created here",
          description:
            "What a form needs to know before it is sent, and by which providers people may log in; without a session.",
        },
      },
    );
