// The version of server, SDK and documents: that of package.json, which a release sets (docs/releasing.md).
import { version } from "../../package.json";

export const VERSION: string = version;
