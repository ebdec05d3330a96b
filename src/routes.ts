// The Elysia app: how it serves, and every module's routes.
import { type AnyElysia, Elysia } from "elysia";
import type { Core } from "./core.ts";
import { docsModule } from "./docs/index.ts";
import { httpRules } from "./http/rules.ts";
import type { Attributes, Tracing } from "./lib/tracing.ts";
import { avatarsModule } from "./modules/accounts/avatar-routes.ts";
import { recoveryModule } from "./modules/accounts/recovery-routes.ts";
import { accountsModule } from "./modules/accounts/routes.ts";
import { auditModule } from "./modules/admin/audit-routes.ts";
import { adminGroupsModule } from "./modules/admin/group-routes.ts";
import { adminHealthModule } from "./modules/admin/health-routes.ts";
import { adminModule } from "./modules/admin/routes.ts";
import { blocksModule } from "./modules/blocks/routes.ts";
import { botsModule } from "./modules/bots/routes.ts";
import { conversationsModule } from "./modules/conversations/routes.ts";
import { passkeysModule } from "./modules/factors/passkey-routes.ts";
import { factorsModule } from "./modules/factors/routes.ts";
import { filesModule } from "./modules/files/routes.ts";
import { friendsModule } from "./modules/friends/routes.ts";
import { groupBansModule } from "./modules/groups/ban-routes.ts";
import { groupChangesModule } from "./modules/groups/event-routes.ts";
import { invitesModule } from "./modules/groups/invite-routes.ts";
import { membersModule } from "./modules/groups/member-routes.ts";
import { groupsModule } from "./modules/groups/routes.ts";
import { issuersModule } from "./modules/issuers/routes.ts";
import { keysModule } from "./modules/keys/routes.ts";
import { mentionsModule } from "./modules/mentions/routes.ts";
import { groupMessagesModule } from "./modules/messages/group-routes.ts";
import { messagesModule } from "./modules/messages/routes.ts";
import { ownDataModule } from "./modules/own-data/routes.ts";
import { privacyModule } from "./modules/privacy/routes.ts";
import { groupReactionsModule } from "./modules/reactions/group-routes.ts";
import { reactionsModule } from "./modules/reactions/routes.ts";
import { receiptsModule } from "./modules/receipts/routes.ts";
import { registrationModule } from "./modules/registration/routes.ts";
import { adminReportsModule } from "./modules/reports/admin-routes.ts";
import { reportsModule } from "./modules/reports/routes.ts";
import { searchModule } from "./modules/search/routes.ts";
import { sessionsModule } from "./modules/sessions/routes.ts";
import { ssoModule } from "./modules/sso/routes.ts";
import { statusModule } from "./modules/status/routes.ts";
import { securityTxtModule } from "./modules/status/security-txt.ts";
import { usersModule } from "./modules/users/routes.ts";
import { BACKPRESSURE_LIMIT, FRAME_LIMIT, IDLE_SECONDS } from "./protocol/limits.ts";
import type { Realtime } from "./realtime/connection.ts";
import { realtimeModule } from "./realtime/routes.ts";
import { webModule } from "./web/index.ts";

// Above our own limits, so that a body that is too large is refused with a response rather than a cut connection.
const HARD_BODY_LIMIT = 16 * 1024 * 1024;
// Of a form around a file.
const FORM_OVERHEAD = 1024 * 1024;

/** The modules of HTTP, in the order in which the documents show them. */
const MODULES: readonly ((core: Core) => AnyElysia)[] = [
  accountsModule,
  registrationModule,
  sessionsModule,
  keysModule,
  botsModule,
  recoveryModule,
  factorsModule,
  passkeysModule,
  ssoModule,
  reactionsModule,
  groupReactionsModule,
  mentionsModule,
  avatarsModule,
  privacyModule,
  ownDataModule,
  usersModule,
  friendsModule,
  blocksModule,
  conversationsModule,
  messagesModule,
  groupsModule,
  membersModule,
  groupChangesModule,
  groupMessagesModule,
  groupBansModule,
  invitesModule,
  reportsModule,
  receiptsModule,
  searchModule,
  filesModule,
  adminReportsModule,
  adminModule,
  adminGroupsModule,
  adminHealthModule,
  auditModule,
  issuersModule,
  statusModule,
];

const statusOf = (response: unknown): Attributes =>
  response instanceof Response ? { "http.response.status_code": response.status } : {};

/** Measures each request until its response is there; it is named by its route once that is known. */
const requestTraces = (tracing: Tracing) =>
  new Elysia({ name: "request traces" })
    .wrap(
      ((handle: (...args: unknown[]) => unknown, request: Request) =>
        (...args: unknown[]) =>
          tracing.trace(request.method, {}, () => handle(...args), statusOf)) as never,
    )
    .onTransform({ as: "global" }, ({ request, route }) => tracing.rename(`${request.method} ${route}`));

export const routes = (core: Core, realtime: Realtime, reusePort: boolean) => {
  // (As a chain of `use`, thirty modules are a type that is too deep for TypeScript.)
  const app: AnyElysia = new Elysia({
    // The path is found behind the host name, whatever its length.
    handler: { standardHostname: false },
    // Bun's own router calls nothing around a handler, so that a trace could not be begun.
    systemRouter: core.tracing === null,
    serve: {
      reusePort,
      development: false,
      maxRequestBodySize: Math.max(HARD_BODY_LIMIT, core.config.fileMaxSize + FORM_OVERHEAD),
    },
    websocket: {
      idleTimeout: IDLE_SECONDS,
      sendPings: true,
      // Above our own limit, so that a frame just past it is closed with 1009 and a reason.
      maxPayloadLength: 16 * FRAME_LIMIT,
      backpressureLimit: BACKPRESSURE_LIMIT,
      closeOnBackpressureLimit: true,
      perMessageDeflate: false,
    },
  })
    .use(core.tracing ? requestTraces(core.tracing) : new Elysia())
    .use(httpRules(core));
  for (const module of MODULES) app.use(module(core));
  app.use(realtimeModule(realtime, core.config));
  // Last: they describe what is above, and have no schemas.
  app.use(docsModule(app)).use(webModule(core.config)).use(securityTxtModule(core));
  // When these are there, Elysia compiles and loads all routes a second time; there are none.
  Object.defineProperty(app, "promisedModules", { value: new Promise(() => {}) });
  return app;
};
