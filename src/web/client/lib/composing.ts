/** Whether a key belongs to a word that is being composed. Safari ends the composition first; then only the key code tells. */
export const isComposing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229;
