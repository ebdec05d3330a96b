CREATE UNLOGGED TABLE "attempt_windows" (
	"key" text PRIMARY KEY NOT NULL,
	"used" integer NOT NULL,
	"ends_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "attempt_windows_end" ON "attempt_windows" USING btree ("ends_at");