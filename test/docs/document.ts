// The OpenAPI document of a test server, in the form that tests ask it.
import type { TestServer } from "../support/harness.ts";
import type { Json } from "./shape.ts";

export interface Described {
  /** As `get /groups/{group_id}`. */
  name: string;
  path: string;
  method: string;
  operation: Json;
}

/** The document, and every operation in it. */
export async function readDocument(server: TestServer) {
  const document: Json = (await server.call("GET", "/openapi.json")).body;
  const operations: Described[] = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      path,
      method,
      operation,
    })),
  );
  return { document, operations };
}
