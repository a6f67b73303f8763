// The module with the search for the mistake that makes a signature: about three times the size.
import { load as loadFrom } from "./presign.js";

export { OssPresignError } from "./presign.js";
export const load = (source = new URL("./explain.wasm", import.meta.url)) => loadFrom(source);
