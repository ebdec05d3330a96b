ALTER TABLE "users" ADD COLUMN "renamed_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "users_renamed" ON "users" USING btree ("id") WHERE renamed_at is not null;