/** Headers with which what somebody has uploaded is served, so that it can do nothing in the server's name. */
export const PROTECTION = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  // Pages of other origins show it too: the address says who may, by a token or a name that nobody guesses, and there are no cookies.
  "cross-origin-resource-policy": "cross-origin",
};
