CREATE TABLE "reports" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reports_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"reporter_id" bigint,
	"client_id" uuid,
	"kind" text NOT NULL,
	"reason" text NOT NULL,
	"comment" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"user_id" bigint,
	"message_id" bigint,
	"room_id" bigint,
	"room_kind" text,
	"group_name" text,
	"body" text,
	"data" jsonb,
	"status" text DEFAULT 'open' NOT NULL,
	"actions" text[],
	"closed_by" bigint,
	"closed_at" timestamp with time zone,
	"group_status" text DEFAULT 'open' NOT NULL,
	"group_actions" text[],
	"group_closed_by" bigint,
	"group_closed_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_reporter_id_users_id_fk" FOREIGN KEY ("reporter_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_closed_by_users_id_fk" FOREIGN KEY ("closed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_group_closed_by_users_id_fk" FOREIGN KEY ("group_closed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "reports_open_target" ON "reports" USING btree ("reporter_id","kind",coalesce(message_id, user_id, room_id)) WHERE status = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "reports_client_id" ON "reports" USING btree ("reporter_id","client_id");--> statement-breakpoint
CREATE INDEX "reports_user" ON "reports" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "reports_room" ON "reports" USING btree ("room_id") WHERE kind = 'message';--> statement-breakpoint
CREATE INDEX "reports_status" ON "reports" USING btree ("status","created_at");--> statement-breakpoint
CREATE INDEX "reports_closed" ON "reports" USING btree (coalesce(closed_at, group_closed_at));