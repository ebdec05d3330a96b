CREATE UNLOGGED TABLE "online" (
	"user_id" bigint NOT NULL,
	"node_id" uuid NOT NULL,
	"sockets" integer NOT NULL,
	CONSTRAINT "online_user_id_node_id_pk" PRIMARY KEY("user_id","node_id")
);
--> statement-breakpoint
CREATE INDEX "online_node" ON "online" USING btree ("node_id");