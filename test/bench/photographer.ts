// Uploads the same image back to back, by tus, until its input ends; prints how often. Started by images.ts.
import { setPriority } from "node:os";

const [url, token, path] = process.argv.slice(2) as [string, string, string];
setPriority(10);

const photo = await Bun.file(path).bytes();
const headers = { authorization: `Bearer ${token}`, "tus-resumable": "1.0.0" };
let isOn = true;
void (async () => {
  for await (const _ of Bun.stdin.stream());
  isOn = false;
})();
let done = 0;
while (isOn) {
  const created = await fetch(`${url}/files`, {
    method: "POST",
    headers: {
      ...headers,
      "upload-length": String(photo.length),
      "upload-metadata": `kind ${btoa("image")},filename ${btoa("photo.jpg")}`,
    },
  });
  const address = new URL(created.headers.get("location")!, `${url}/files`);
  const patched = await fetch(address, {
    method: "PATCH",
    headers: { ...headers, "upload-offset": "0", "content-type": "application/offset+octet-stream" },
    body: photo,
  });
  if (patched.status !== 204) throw new Error(`an upload was refused: ${await patched.text()}`);
  await fetch(address, { method: "DELETE", headers });
  done++;
}
console.log(done);
