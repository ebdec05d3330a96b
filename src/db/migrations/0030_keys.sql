ALTER TABLE "groups" ADD COLUMN "external_id" text;--> statement-breakpoint
ALTER TABLE "identities" ADD COLUMN "profile" jsonb;--> statement-breakpoint
ALTER TABLE "identities" ADD COLUMN "profile_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "kind" text DEFAULT 'session' NOT NULL;--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "scopes" text[];--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "client_id" uuid;--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "salt" text;--> statement-breakpoint
CREATE UNIQUE INDEX "tokens_client_id" ON "tokens" USING btree ("user_id","client_id") WHERE client_id is not null;--> statement-breakpoint
ALTER TABLE "groups" ADD CONSTRAINT "groups_external_id" UNIQUE("external_id");