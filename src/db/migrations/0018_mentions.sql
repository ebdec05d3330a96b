CREATE TABLE "mentions" (
	"room_id" bigint NOT NULL,
	"event_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"actor_id" bigint NOT NULL,
	"kind" text NOT NULL,
	CONSTRAINT "mentions_room_id_event_id_user_id_pk" PRIMARY KEY("room_id","event_id","user_id")
);
--> statement-breakpoint
CREATE INDEX "mentions_user" ON "mentions" USING btree ("user_id","room_id","seq");