// The area's style sheet comes with its script: those who never open it don't load it.
import css from "../../style/admin.css" with { type: "text" };

let isAdded = false;

export function addStyles() {
  if (isAdded) return;
  isAdded = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
