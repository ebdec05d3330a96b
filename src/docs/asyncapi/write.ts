// `bun run docs:asyncapi`: writes docs/asyncapi.yaml anew. A test fails while the file says anything else than the protocol.
import { join } from "node:path";
import { asyncApiYaml } from "./asyncapi.ts";

await Bun.write(join(import.meta.dir, "../../../docs/asyncapi.yaml"), asyncApiYaml());
