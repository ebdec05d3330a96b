/** What the product is called wherever it names itself; the manifest and the page in index.html say the same. */
export const PRODUCT = "Realtime Chat";
