/** Whether a key event belongs to an IME composition. Safari ends the composition first, and only the key code 229 is left. */
export const isComposing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229;
