// Style sheets are taken in by the bundler: of the page, or as text (`with { type: "text" }`).
declare module "*.css" {
  const text: string;
  export default text;
}
