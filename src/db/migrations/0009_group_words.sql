ALTER TABLE "groups" ADD COLUMN "name_words" "tsvector";--> statement-breakpoint
CREATE INDEX "groups_public_words" ON "groups" USING gin ("name_words") WHERE not is_private;--> statement-breakpoint
CREATE INDEX "groups_without_words" ON "groups" USING btree ("room_id") WHERE name_words is null;