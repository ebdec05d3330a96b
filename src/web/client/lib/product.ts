/** The product's name; manifest.webmanifest and index.html repeat it. */
export const PRODUCT = "Realtime Chat";
