CREATE TABLE "sign_ons" (
	"state_hash" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"nonce" text NOT NULL,
	"pkce_verifier" text NOT NULL,
	"verifier_hash" text NOT NULL,
	"return_to" text NOT NULL,
	"user_id" bigint,
	"returned_at" timestamp with time zone,
	"code_hash" text,
	"outcome" jsonb,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sign_ons_code_hash" UNIQUE("code_hash")
);
--> statement-breakpoint
ALTER TABLE "sign_ons" ADD CONSTRAINT "sign_ons_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sign_ons_user" ON "sign_ons" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sign_ons_expiry" ON "sign_ons" USING btree ("expires_at");