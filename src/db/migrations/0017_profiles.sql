ALTER TABLE "users" ADD COLUMN "display_name" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "status" jsonb;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "settings" jsonb;