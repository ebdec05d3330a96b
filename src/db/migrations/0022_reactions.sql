CREATE TABLE "reactions" (
	"room_id" bigint NOT NULL,
	"event_id" bigint NOT NULL,
	"emoji" text NOT NULL,
	"user_id" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "reactions_room_id_event_id_emoji_user_id_pk" PRIMARY KEY("room_id","event_id","emoji","user_id")
);
--> statement-breakpoint
ALTER TABLE "mentions" ADD COLUMN "reaction_id" bigint;