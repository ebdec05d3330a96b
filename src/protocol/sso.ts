// Shapes of single sign-on: logging in at a provider of OpenID Connect, and linking its accounts to one's own.
import { type Static, Type } from "@sinclair/typebox";
import { ownerProof } from "./account.ts";
import { Provider } from "./registration.ts";
import { Timestamp } from "./types.ts";

/** What a provider is called in addresses. */
export const PROVIDER_PATTERN = "^[a-z][a-z0-9-]{0,31}$";

/** How long somebody may take at the provider, and how long the page has to finish. In seconds. */
export const SIGN_ON_SECONDS = 600;
export const SIGN_ON_CODE_SECONDS = 120;

const returnTo = Type.Optional(
  Type.String({
    format: "text",
    maxLength: 2_000,
    description:
      "The page that the browser comes back to: of this server, or of one of the web origins that the operator listed. Left out: the web client. Its fragment is replaced by `#/sign-on/<code>`.",
    examples: ["https://chat.example.org/"],
  }),
);

export const ProviderParams = Type.Object({
  provider: Type.String({ pattern: PROVIDER_PATTERN, description: "The provider's id.", examples: ["acme"] }),
});

export const SignOnRequest = Type.Object({ return_to: returnTo });
export const IdentityRequest = Type.Object({ return_to: returnTo, ...ownerProof });

export const SignOn = Type.Object(
  {
    url: Type.String({
      description: "Where the browser is to go: the provider's page.",
      examples: ["https://id.example.com/authorize?client_id=chat&state=…"],
    }),
    verifier: Type.String({
      description: "Keep it in the page that asked; without it the code that comes back is worth nothing.",
      examples: ["q0Xb9jU1lFv0dGmQ3yq9oJmHkqk1r1yPpH0v0y3m4bQ"],
    }),
    expires_at: Timestamp("Until when the browser has to be back."),
  },
  { title: "SignOn" },
);
export type SignOn = Static<typeof SignOn>;

const secret = (description: string) =>
  Type.String({
    format: "text",
    maxLength: 64,
    description,
    examples: ["q0Xb9jU1lFv0dGmQ3yq9oJmHkqk1r1yPpH0v0y3m4bQ"],
  });

export const SignOnProof = Type.Object({
  code: secret("What the address of the page holds behind `#/sign-on/`."),
  verifier: secret("What was given with the provider's address."),
});

export const Identity = Type.Object(
  {
    provider: Provider.properties.id,
    label: Provider.properties.label,
    created_at: Timestamp("When it was linked."),
  },
  { title: "Identity" },
);
export type Identity = Static<typeof Identity>;
