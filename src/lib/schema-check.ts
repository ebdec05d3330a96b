// Checks values against a schema, which is compiled when there is a first one.
import type { TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";

export class SchemaCheck {
  private compiled: TypeCheck<TSchema> | undefined;

  constructor(private readonly schema: TSchema) {}

  check(value: unknown): boolean {
    this.compiled ??= TypeCompiler.Compile(this.schema);
    return this.compiled.Check(value);
  }

  /** What is wrong with a value that did not pass. */
  errors(value: unknown) {
    this.compiled ??= TypeCompiler.Compile(this.schema);
    return this.compiled.Errors(value);
  }
}
