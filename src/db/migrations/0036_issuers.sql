CREATE TABLE "token_issuers" (
	"name" text PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"setting" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "token_issuers_issuer" UNIQUE("issuer")
);
--> statement-breakpoint
ALTER TABLE "identities" ADD COLUMN "groups" text[];