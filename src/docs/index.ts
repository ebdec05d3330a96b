// The documents of the HTTP interface: /openapi.json and its page, /docs.
import { Elysia } from "elysia";

export const docsModule = () => new Elysia({ name: "docs" });
