// Shapes of issuers of tokens: who else may sign for people here. As the setting TOKEN_ISSUERS has them, and as they are changed at
// run time.
import { type Static, Type } from "@sinclair/typebox";
import { ownerProof } from "./account.ts";
import { Timestamp } from "./types.ts";

const Value = (description: string, example: string, maxLength = 1000) =>
  Type.String({ minLength: 1, maxLength, format: "text", description, examples: [example] });

const claim = (description: string, example: string) => Type.Optional(Value(description, example));

/** The names of claims. */
export const claimFields = {
  id: claim("Who it is, for ever; `sub` unless told.", "sub"),
  username: claim("The username wished for somebody who is new.", "preferred_username"),
  name: claim("The name that they are shown under.", "name"),
  avatar: claim("The address of their picture (`https://`).", "picture"),
  groups: claim("The external ids of the groups that they are in: a list of texts.", "groups"),
};
const claims = Type.Object(claimFields, {
  description: "The names of the claims that say who somebody is.",
  examples: [{ id: "sub", name: "name" }],
});

const checks = {
  issuer: Value("The claim `iss` of its tokens.", "https://shop.example.com"),
  audience: Value("The claim `aud` of its tokens.", "chat"),
  algorithms: Type.Array(Type.String({ maxLength: 20 }), {
    minItems: 1,
    maxItems: 12,
    description: "Those that it signs with, and no others.",
    examples: [["ES256"]],
  }),
};
const jwksUrl = Value("The address of its public keys.", "https://shop.example.com/jwks.json");
const publicKey = Value("Its public key, as PEM.", "-----BEGIN PUBLIC KEY-----…", 10_000);

/** An issuer but for its name. One of `jwks_url`, `public_key` and `secret` is given. */
export const issuerFields = {
  ...checks,
  jwks_url: Type.Optional(jwksUrl),
  public_key: Type.Optional(publicKey),
  secret: Type.Optional(Value("A secret that both know: 32 characters or more.", "of-32-characters-or-more-………")),
  claims: Type.Optional(claims),
  create: Type.Optional(
    Type.Boolean({
      description: "Whether the first token of somebody unknown makes them a user; true unless told.",
      examples: [true],
    }),
  ),
};

export const IssuerName = Type.String({
  pattern: "^[a-z][a-z0-9-]{0,31}$",
  description: "What its people are called by here: `shop` of `shop:ada`.",
  examples: ["shop"],
});

export const IssuerUpdate = Type.Object({ ...issuerFields, ...ownerProof });
export type IssuerUpdate = Static<typeof IssuerUpdate>;

export const Issuer = Type.Object(
  {
    name: IssuerName,
    ...checks,
    jwks_url: Type.Optional(jwksUrl),
    public_key: Type.Optional(publicKey),
    has_secret: Type.Optional(
      Type.Literal(true, { description: "Set where a secret checks its tokens; it is never shown.", examples: [true] }),
    ),
    claims,
    create: Type.Boolean({ description: "Whether its tokens make users.", examples: [true] }),
    is_fixed: Type.Optional(
      Type.Literal(true, {
        description: "Set of one of the setting TOKEN_ISSUERS, which no call changes.",
        examples: [true],
      }),
    ),
    updated_at: Type.Optional(Timestamp("When it was last changed; left out of one of the setting.")),
  },
  { title: "Issuer" },
);
export type Issuer = Static<typeof Issuer>;
