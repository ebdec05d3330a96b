// The card in the middle of the pages that need no session.
import type { ComponentChildren } from "preact";
import { PRODUCT } from "../../lib/product.ts";

export const Card = ({ children }: { children: ComponentChildren }) => (
  <main class="sign-in">
    <div class="card">
      <p class="brand">
        <img src="icon.svg" alt="" width="40" height="40" />
        {PRODUCT}
      </p>
      {children}
    </div>
  </main>
);
