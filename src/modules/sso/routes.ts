// Routes of single sign-on. What they do, and the library for it, is loaded once a provider is set and somebody asks.
import { Type } from "@sinclair/typebox";
import type { Server } from "bun";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { clientAddress, networkOf } from "../../http/client-address.ts";
import { requireOwnPage } from "../../http/origin.ts";
import { refusals } from "../../http/responses.ts";
import { ChatError } from "../../lib/errors.ts";
import { AccessToken } from "../../protocol/account.ts";
import { OwnerConfirmation } from "../../protocol/factors.ts";
import {
  accountBanned,
  foreignOrigin,
  lastWayIn,
  linkedAlready,
  linkedElsewhere,
  notFound,
  notOwner,
  providerUnavailable,
  signOnClosed,
  signOnDenied,
  signOnExpired,
  signOnFailed,
  signOnNotAllowed,
  signOnUnavailable,
  signOnUnknown,
  tooMany,
  tooManyLogins,
} from "../../protocol/refusals.ts";
import {
  Identity,
  IdentityRequest,
  ProviderParams,
  SIGN_ON_CODE_SECONDS,
  SIGN_ON_SECONDS,
  SignOn,
  SignOnProof,
  SignOnRequest,
} from "../../protocol/sso.ts";
import { Done, One } from "../../protocol/types.ts";

const tooManySignOns = tooMany("log-ins at providers from this network", 3600);
const failures = [signOnFailed, signOnDenied, signOnUnavailable] as const;

export const ssoModule = (core: Core) => {
  const isOn = core.config.oidcProviders.length > 0;
  const service = () => import("./service.ts");
  /** Throws where there are no providers at all, before anything is loaded for them. */
  const require = (what: Parameters<typeof notFound>[0] | typeof signOnExpired) => {
    if (!isOn) throw new ChatError(typeof what === "string" ? notFound(what) : what);
  };
  const clientOf = (request: Request, server: Server<unknown> | null) => {
    const address = clientAddress(request, server, core.config.trustProxy);
    return { address, network: networkOf(address), device: request.headers.get("user-agent") ?? "" };
  };
  return new Elysia({ name: "sso", tags: ["Account"] })
    .use(authentication(core))
    .post(
      "/sso/:provider/start",
      async ({ params, body, request, server }) => {
        requireOwnPage(core.config, request);
        require("provider");
        const { startSignOn } = await service();
        const { network } = clientOf(request, server);
        return { data: await startSignOn(core, params.provider, body.return_to, network) };
      },
      {
        params: ProviderParams,
        body: SignOnRequest,
        response: {
          200: One(SignOn),
          ...refusals(foreignOrigin, notFound("provider"), tooManySignOns, providerUnavailable),
        },
        detail: {
          operationId: "createSignOn",
          summary: "Begin to log in at a provider",
          description: `Gives the address to send the browser to, good once and for ${SIGN_ON_SECONDS / 60} minutes, and a verifier for the page to keep. The browser comes back to \`return_to\` with a code behind \`#/sign-on/\`, whatever came of it. Which providers there are stands in \`GET /registration\`.`,
        },
      },
    )
    .get(
      "/sso/:provider/callback",
      async ({ params, request, server }) => {
        require("provider");
        // (A call without a body, so that nothing else counts it.)
        core.limits.anonymous(clientOf(request, server).network);
        const { receive, requireProvider } = await import("./exchange.ts");
        const location = await receive(core, requireProvider(core, params.provider), new URL(request.url).search);
        return new Response(null, { status: 303, headers: { location } });
      },
      { params: ProviderParams, detail: { hide: true } },
    )
    .post(
      "/sso/token",
      async ({ body, request, server }) => {
        requireOwnPage(core.config, request);
        require(signOnExpired);
        return (await service()).finishSignOn(core, body, clientOf(request, server));
      },
      {
        body: SignOnProof,
        response: {
          200: AccessToken,
          ...refusals(
            ...failures,
            signOnUnknown,
            signOnNotAllowed,
            signOnClosed,
            accountBanned(null, ""),
            foreignOrigin,
            signOnExpired,
            tooMany("registrations from this network", 3600),
          ),
        },
        detail: {
          operationId: "verifySignOn",
          summary: "Log in with what a provider said",
          description: `Takes the code that the page was called with, within ${SIGN_ON_CODE_SECONDS} seconds and once, and its verifier. The first log-in makes an account where the operator lets it, with a free username like the name at the provider. No second factor is asked for: that is the provider's.`,
        },
      },
    )
    .get(
      "/me/identities",
      async ({ session }) => ({ data: isOn ? await (await service()).listIdentities(core, session.userId) : [] }),
      {
        auth: true,
        response: { 200: Type.Object({ data: Type.Array(Identity) }) },
        detail: {
          operationId: "getIdentities",
          summary: "Your linked accounts",
          description: "With which providers you can log in to your account.",
        },
      },
    )
    .post(
      "/me/identities/:provider",
      async ({ session, params, body, request, server }) => {
        require("provider");
        const { startLinking } = await service();
        const { network } = clientOf(request, server);
        return { data: await startLinking(core, session, params.provider, body, network) };
      },
      {
        auth: true,
        params: ProviderParams,
        body: IdentityRequest,
        response: {
          200: One(SignOn),
          ...refusals(...notOwner, notFound("provider"), tooManySignOns, tooManyLogins, providerUnavailable),
        },
        detail: {
          operationId: "requestIdentity",
          summary: "Begin to link an account of a provider",
          description: "As `POST /sso/{provider}/start`; the code that comes back goes to `PUT /me/identities`.",
        },
      },
    )
    .put(
      "/me/identities",
      async ({ session, body }) => {
        require(signOnExpired);
        return { data: await (await service()).finishLinking(core, session, body) };
      },
      {
        auth: true,
        body: SignOnProof,
        response: { 200: One(Identity), ...refusals(...failures, signOnExpired, linkedElsewhere, linkedAlready) },
        detail: {
          operationId: "addIdentity",
          summary: "Link an account of a provider",
          description: "From now on it logs you in to this account. You are told by mail.",
        },
      },
    )
    .delete(
      "/me/identities/:provider",
      async ({ session, params, body }) => {
        require("provider");
        await (await service()).unlink(core, session, params.provider, body);
        return { detail: "The account of the provider was unlinked." };
      },
      {
        auth: true,
        params: ProviderParams,
        body: OwnerConfirmation,
        response: {
          200: Done,
          ...refusals(...notOwner, tooManyLogins, notFound("provider"), notFound("linked account"), lastWayIn),
        },
        detail: {
          operationId: "removeIdentity",
          summary: "Unlink an account of a provider",
          description: "It logs you in no more. Refused where it is your only way to log in.",
        },
      },
    );
};
