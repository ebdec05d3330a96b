// Routes of issuers of tokens, for those who run the server.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { OwnerConfirmation } from "../../protocol/factors.ts";
import { Issuer, IssuerName, IssuerUpdate } from "../../protocol/issuers.ts";
import { adminsOnly, notFound, notOwner, tooManyLogins } from "../../protocol/refusals.ts";
import { Done, One, Page } from "../../protocol/types.ts";
import { actorOf } from "../admin/actor.ts";

const load = () => import("./service.ts");
const IssuerParams = Type.Object({ name: IssuerName });

export const issuersModule = (core: Core) =>
  new Elysia({ name: "issuers", tags: ["Administration"] })
    .use(authentication(core))
    .get("/admin/issuers", async () => (await load()).listIssuers(core), {
      auth: "admin",
      response: { 200: Page(Issuer), ...refusals(adminsOnly) },
      detail: {
        operationId: "listIssuers",
        summary: "Issuers of tokens",
        description: "Those of the setting TOKEN_ISSUERS, and those that were added; never their secrets.",
      },
    })
    .put(
      "/admin/issuers/:name",
      async ({ session, params, body, request, server }) => {
        const actor = actorOf(core, session, request, server);
        return { data: await (await load()).saveIssuer(core, session, actor, params.name, body) };
      },
      {
        auth: "admin",
        params: IssuerParams,
        body: IssuerUpdate,
        response: { 200: One(Issuer), ...refusals(adminsOnly, ...notOwner, tooManyLogins) },
        detail: {
          operationId: "setIssuer",
          summary: "Add or change an issuer of tokens",
          description:
            "Its tokens are taken on every server within seconds. The whole of it is given: what is left out has its default, and repeated it changes nothing. When it changes what tokens are checked by, the sessions of those that were taken end. Somebody who is logged in proves that it is them; a key needs the scope alone.",
        },
      },
    )
    .delete(
      "/admin/issuers/:name",
      async ({ session, params, body, request, server }) => {
        const actor = actorOf(core, session, request, server);
        await (await load()).deleteIssuer(core, session, actor, params.name, body ?? {});
        return { detail: "The issuer was deleted." };
      },
      {
        auth: "admin",
        params: IssuerParams,
        body: Type.Optional(OwnerConfirmation),
        response: { 200: Done, ...refusals(adminsOnly, notFound("issuer"), ...notOwner, tooManyLogins) },
        detail: {
          operationId: "deleteIssuer",
          summary: "Delete an issuer of tokens",
          description:
            "Its tokens are refused from now on, and the sessions of those that were taken end. Its users stay, and come back with it.",
        },
      },
    );
