CREATE TABLE "nodes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"beat" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
