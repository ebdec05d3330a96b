CREATE TABLE "compatibility" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"oldest_migration" bigint NOT NULL,
	CONSTRAINT "compatibility_one_row" CHECK ("compatibility"."id")
);
