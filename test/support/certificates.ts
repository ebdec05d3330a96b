// A certificate authority of the tests, and a server's certificate that it has signed.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** As PEM: what a client trusts, and what a server of this name shows. */
export async function signedCertificate(host: string): Promise<{ ca: string; cert: string; key: string }> {
  const dir = await mkdtemp(join(tmpdir(), "chat-ca-"));
  const path = (name: string) => join(dir, `${name}.pem`);
  const pair = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  try {
    await Bun.$`openssl req -x509 ${pair} -subj /CN=Authority -keyout ${path("ca-key")} -out ${path("ca")}`.quiet();
    await Bun.$`openssl req -x509 ${pair} -subj /CN=${host} -addext subjectAltName=DNS:${host} -addext basicConstraints=CA:FALSE -CA ${path("ca")} -CAkey ${path("ca-key")} -keyout ${path("key")} -out ${path("cert")}`.quiet();
    const [ca, cert, key] = await Promise.all(["ca", "cert", "key"].map((name) => readFile(path(name), "utf8")));
    return { ca: ca!, cert: cert!, key: key! };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
