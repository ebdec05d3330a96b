CREATE TABLE "feeds" (
	"feed" text NOT NULL,
	"room_id" bigint NOT NULL,
	"seq" bigint NOT NULL,
	CONSTRAINT "feeds_room_id_feed_pk" PRIMARY KEY("room_id","feed")
);
--> statement-breakpoint
ALTER TABLE "feeds" SET (fillfactor = 50);--> statement-breakpoint
CREATE TABLE "search" (
	"room_id" bigint NOT NULL,
	"event_id" bigint NOT NULL,
	"words" "tsvector" NOT NULL,
	CONSTRAINT "search_room_id_event_id_pk" PRIMARY KEY("room_id","event_id")
);
--> statement-breakpoint
CREATE INDEX "search_words" ON "search" USING gin ("words") WITH (gin_pending_list_limit=256);