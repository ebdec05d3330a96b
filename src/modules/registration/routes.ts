// Routes for those who have no account yet.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { RegistrationInfo } from "../../protocol/registration.ts";
import { One } from "../../protocol/types.ts";

export const registrationModule = ({ config }: Core) =>
  new Elysia({ name: "registration", tags: ["Account"] }).get(
    "/registration",
    () => ({ data: { mode: config.registration, password_min_length: config.passwordMinLength } }),
    {
      response: { 200: One(RegistrationInfo) },
      detail: {
        operationId: "getRegistration",
        summary: "How accounts are created here",
        description: "What a form needs to know before it is sent; without a session.",
      },
    },
  );
