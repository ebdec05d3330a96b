declare module "unicode-property-value-aliases-ecmascript" {
  /** By property, such as `Script`, its values by their aliases. */
  const aliases: Map<string, Map<string, string>>;
  export default aliases;
}
