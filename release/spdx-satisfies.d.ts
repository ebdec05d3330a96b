declare module "spdx-satisfies" {
  /** Whether an expression can be met by approved licences. Throws for what is no SPDX expression. */
  export default function satisfies(expression: string, approved: string[]): boolean;
}
