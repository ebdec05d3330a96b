// Routes of accounts: registering, logging in and out, and one's own account.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { clientAddress, networkOf } from "../../http/client-address.ts";
import { requireOwnPage } from "../../http/origin.ts";
import { bodyOf, refusals } from "../../http/responses.ts";
import { logSecurity } from "../../lib/security-log.ts";
import {
  AccessToken,
  Account,
  Login,
  PasswordChange,
  ProfileUpdate,
  Registered,
  Registration,
} from "../../protocol/account.ts";
import {
  accountBanned,
  emailTaken,
  foreignOrigin,
  inviteClosed,
  inviteRequired,
  nameTaken,
  notFound,
  notOwner,
  proofRequired,
  registrationClosed,
  secondFactor,
  tooManyLogins,
  usernameTaken,
  wrongCode,
  wrongCredentials,
} from "../../protocol/refusals.ts";
import { Done, One } from "../../protocol/types.ts";
import { updateProfile } from "./profile.ts";
import { welcome } from "./recovery.ts";
import { changePassword, getAccount, login, register } from "./service.ts";

export const accountsModule = (core: Core) =>
  new Elysia({ name: "accounts", tags: ["Account"] })
    .use(authentication(core))
    .post(
      "/register",
      async ({ body, request, server, set }) => {
        requireOwnPage(core.config, request);
        const network = networkOf(clientAddress(request, server, core.config.trustProxy));
        const user = await register(core, body, network);
        welcome(core, user, network);
        set.status = 201;
        return { user };
      },
      {
        body: Registration(core.config.passwordMinLength),
        response: {
          201: Registered,
          ...refusals(
            foreignOrigin,
            inviteRequired,
            registrationClosed,
            proofRequired,
            notFound("invite"),
            usernameTaken,
            emailTaken,
            inviteClosed,
            tooManyLogins,
          ),
        },
        detail: {
          operationId: "register",
          summary: "Create an account",
          description:
            "Makes a new user. Log in afterwards to get a token. Where accounts are created by invitation only, `invite` is the code of one, which counts as used. With `proof_required`, solve a challenge and send it again.",
        },
      },
    )
    .post(
      "/login",
      ({ body, request, server }) => {
        requireOwnPage(core.config, request);
        const address = clientAddress(request, server, core.config.trustProxy);
        return login(core, body, { address, device: request.headers.get("user-agent") ?? "" });
      },
      {
        body: bodyOf(Login, "application/x-www-form-urlencoded", "application/json"),
        response: {
          200: AccessToken,
          ...refusals(wrongCredentials, wrongCode, secondFactor, accountBanned(null, ""), foreignOrigin, tooManyLogins),
        },
        detail: {
          operationId: "logIn",
          summary: "Log in",
          description:
            "Takes a form (`application/x-www-form-urlencoded`), as OAuth 2 password clients send it, or JSON. Each login is a session of its own. Where the account has a second factor, the right password without a `code` is refused with `second_factor`: send it again with one.",
        },
      },
    )
    .post(
      "/logout",
      async ({ session }) => {
        await core.sessions.end(session);
        logSecurity(core.log, "logged_out", { user: session.userId, session: session.id });
        return { detail: "Logged out." };
      },
      {
        auth: true,
        response: { 200: Done },
        detail: {
          operationId: "logOut",
          summary: "Log out",
          description: "Ends this session: its token is refused from now on and its sockets are closed.",
        },
      },
    )
    .get("/me", async ({ session }) => ({ data: await getAccount(core, session.userId) }), {
      auth: "read",
      response: { 200: One(Account) },
      detail: { operationId: "getMe", summary: "Your account", description: "Who this session belongs to." },
    })
    .put("/me", async ({ session, body }) => ({ data: await updateProfile(core, session.userId, body) }), {
      auth: "manage",
      body: ProfileUpdate,
      response: { 200: One(Account), ...refusals(nameTaken) },
      detail: {
        operationId: "updateProfile",
        summary: "Change your profile",
        description:
          "Your display name, status, language and time zone: what is left out stays, null takes it away. The first two are shown to others.",
      },
    })
    .put(
      "/me/password",
      async ({ session, body }) => {
        await changePassword(core, session, body);
        return { detail: "Password changed; other sessions were ended." };
      },
      {
        auth: true,
        body: PasswordChange(core.config.passwordMinLength),
        response: { 200: Done, ...refusals(...notOwner, tooManyLogins) },
        detail: {
          operationId: "changePassword",
          summary: "Change your password",
          description:
            "Ends every other session of yours, with its sockets. An account without a password gets its first one: `current_password` is left out then, and the log-in must be of the last 15 minutes.",
        },
      },
    );
