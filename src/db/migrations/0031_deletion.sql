CREATE TABLE "former_members" (
	"user_id" bigint NOT NULL,
	"room_id" bigint NOT NULL,
	CONSTRAINT "former_members_user_id_room_id_pk" PRIMARY KEY("user_id","room_id")
);
--> statement-breakpoint
CREATE TABLE "held_names" (
	"hash" text PRIMARY KEY NOT NULL,
	"user_id" bigint,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "purged_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "former_members" ADD CONSTRAINT "former_members_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "former_members" ADD CONSTRAINT "former_members_room_id_rooms_id_fk" FOREIGN KEY ("room_id") REFERENCES "public"."rooms"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "held_names" ADD CONSTRAINT "held_names_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "former_members_room" ON "former_members" USING btree ("room_id");--> statement-breakpoint
CREATE INDEX "held_names_user" ON "held_names" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "held_names_until" ON "held_names" USING btree ("until");--> statement-breakpoint
CREATE INDEX "users_unpurged" ON "users" USING btree ("id") WHERE deleted_at is not null and purged_at is null;--> statement-breakpoint
-- (The condition on kinds is that of an index.)
INSERT INTO "former_members" ("user_id", "room_id")
SELECT DISTINCT u.id, r.id FROM events e
JOIN rooms r ON r.id = e.room_id JOIN users u ON u.id = (e.data ->> 'user_id')::bigint
WHERE e.kind NOT IN ('message', 'message.updated', 'message.deleted') AND e.kind = 'member.left';
