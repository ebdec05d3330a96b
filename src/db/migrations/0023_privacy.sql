ALTER TABLE "friends" ADD COLUMN "hides_presence" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "hides_reads" boolean DEFAULT false NOT NULL;