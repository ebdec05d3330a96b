import { defineConfig } from "drizzle-kit";

// `bunx drizzle-kit generate` compares src/db/schema.ts with the migrations and writes the next one; it needs no database.
export default defineConfig({ dialect: "postgresql", schema: "./src/db/schema.ts", out: "./src/db/migrations" });
