/** Something that stops the server from starting; its message is one sentence for the operator. */
export class StartupError extends Error {}
