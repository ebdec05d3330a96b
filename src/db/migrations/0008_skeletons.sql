ALTER TABLE "users" ADD COLUMN "username_skeletons" text[];--> statement-breakpoint
CREATE INDEX "users_username_skeletons" ON "users" USING gin ("username_skeletons");--> statement-breakpoint
CREATE INDEX "users_without_skeletons" ON "users" USING btree ("id") WHERE username_skeletons is null;