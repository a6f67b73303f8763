// The same for Node.js, which does not fetch files.
import { readFile } from "node:fs/promises";
import { load as loadFrom } from "./presign.js";

export { OssPresignError } from "./presign.js";
export const load = (source = readFile(new URL("./presign.wasm", import.meta.url))) => loadFrom(source);
