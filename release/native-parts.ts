// What is shipped as machine code, and so is in no package's list of dependencies: Bun with what it is linked with, and PostgreSQL with
// the libraries beside it. To be looked through when either gets a new version.

export interface NativePart {
  name: string;
  version: string;
  /** As an SPDX expression; each of its licences is printed. */
  license: string;
  copyright: string;
  source: string;
  within: "the executable" | "postgresql/ (Linux)" | "postgresql/ (macOS)" | "postgresql/";
  /** Of PostgreSQL's: what the names of its libraries begin with. */
  libraries: string[];
}

const inBun = (name: string, license: string, holder: string, source: string): NativePart => ({
  name,
  version: "as linked with Bun 1.4.5",
  license,
  copyright: `Copyright (c) ${holder}`,
  source,
  within: "the executable",
  libraries: [],
});

const inPostgres = (
  where: "Linux" | "macOS" | null,
  libraries: string[],
  name: string,
  version: string,
  license: string,
  holder: string,
  source: string,
): NativePart => ({
  name,
  version,
  license,
  copyright: `Copyright (c) ${holder}`,
  source,
  within: where === null ? "postgresql/" : `postgresql/ (${where})`,
  libraries,
});

export const NATIVE_PARTS: NativePart[] = [
  {
    ...inBun("Bun", "MIT", "Oven", "https://github.com/oven-sh/bun"),
    version: "1.4.5",
  },
  inBun(
    "JavaScriptCore (WebKit)",
    "LGPL-2.1-or-later AND BSD-2-Clause",
    "Apple Inc. and the WebKit contributors",
    "https://github.com/oven-sh/WebKit",
  ),
  inBun("TinyCC", "LGPL-2.1-only", "Fabrice Bellard and contributors", "https://github.com/tinycc/tinycc"),
  inBun(
    "BoringSSL",
    "Apache-2.0 AND OpenSSL AND ISC",
    "the OpenSSL project, Google Inc. and others",
    "https://boringssl.googlesource.com/boringssl",
  ),
  inBun("Brotli", "MIT", "the Brotli authors", "https://github.com/google/brotli"),
  inBun("libarchive", "BSD-2-Clause", "Tim Kientzle and contributors", "https://github.com/libarchive/libarchive"),
  inBun("LOL HTML", "BSD-3-Clause", "Cloudflare, Inc.", "https://github.com/cloudflare/lol-html"),
  inBun(
    "LS-HPACK, LS-QPACK, LSQUIC",
    "MIT AND BSD-3-Clause",
    "LiteSpeed Technologies Inc.; the Chromium authors",
    "https://github.com/litespeedtech/lsquic",
  ),
  inBun("mimalloc", "MIT", "Microsoft Corporation, Daan Leijen", "https://github.com/microsoft/mimalloc"),
  inBun(
    "picohttpparser",
    "MIT",
    "Kazuho Oku, Tokuhiro Matsuno, Daisuke Murase, Shigeo Mitsunari",
    "https://github.com/h2o/picohttpparser",
  ),
  inBun("Zstandard", "BSD-3-Clause", "Meta Platforms, Inc. and affiliates", "https://github.com/facebook/zstd"),
  inBun("simdutf", "Apache-2.0", "the simdutf authors", "https://github.com/simdutf/simdutf"),
  inBun(
    "uSockets and uWebSockets",
    "Apache-2.0",
    "Alex Hultman and contributors",
    "https://github.com/uNetworking/uWebSockets",
  ),
  inBun(
    "zlib-ng",
    "Zlib",
    "Jean-loup Gailly and Mark Adler, and the zlib-ng contributors",
    "https://github.com/zlib-ng/zlib-ng",
  ),
  inBun("c-ares", "MIT", "the c-ares project and its contributors", "https://github.com/c-ares/c-ares"),
  inBun("ICU", "Unicode-3.0", "Unicode, Inc.", "https://github.com/unicode-org/icu"),
  inBun(
    "base64",
    "BSD-2-Clause",
    "Wojciech Muła, Matthieu Darbois, Alfred Klomp and others",
    "https://github.com/aklomp/base64",
  ),
  inBun("libdeflate", "MIT", "Eric Biggers and others", "https://github.com/ebiggers/libdeflate"),
  inBun(
    "libjpeg-turbo",
    "IJG AND BSD-3-Clause AND Zlib",
    "the libjpeg-turbo project; the Independent JPEG Group",
    "https://github.com/libjpeg-turbo/libjpeg-turbo",
  ),
  inBun("libspng", "BSD-2-Clause", "Randy", "https://github.com/randy408/libspng"),
  inBun("libwebp", "BSD-3-Clause", "Google Inc.", "https://chromium.googlesource.com/webm/libwebp"),
  inBun("Highway", "Apache-2.0", "Google LLC", "https://github.com/google/highway"),
  inBun("uucode", "MIT", "Jacob Sandlund", "https://github.com/jacobsandlund/uucode"),
  inBun("TigerBeetle's I/O", "Apache-2.0", "TigerBeetle, Inc.", "https://github.com/tigerbeetle/tigerbeetle"),
  inBun("libc++abi", "Apache-2.0 WITH LLVM-exception", "the LLVM project", "https://github.com/llvm/llvm-project"),
  inPostgres(
    null,
    ["libpq"],
    "PostgreSQL",
    "18.4",
    "PostgreSQL",
    "the PostgreSQL Global Development Group; the Regents of the University of California",
    "https://www.postgresql.org",
  ),
  inPostgres(
    null,
    [],
    "embedded-postgres-binaries",
    "18.4.0",
    "Apache-2.0",
    "Tomas Vanek and contributors",
    "https://github.com/zonkyio/embedded-postgres-binaries",
  ),
  inPostgres(
    "Linux",
    ["libicu"],
    "ICU",
    "60.2",
    "ICU",
    "Unicode, Inc. and others",
    "https://github.com/unicode-org/icu",
  ),
  inPostgres(
    "Linux",
    ["libcrypto", "libssl"],
    "OpenSSL",
    "1.1.1",
    "OpenSSL",
    "the OpenSSL project; Eric Young",
    "https://www.openssl.org",
  ),
  inPostgres(
    "Linux",
    ["libxml2"],
    "libxml2",
    "2.9",
    "MIT",
    "Daniel Veillard",
    "https://gitlab.gnome.org/GNOME/libxml2",
  ),
  inPostgres(
    "Linux",
    ["libxslt"],
    "libxslt",
    "1.1",
    "MIT",
    "Daniel Veillard, Charlie Bozeman and Thomas Broyer",
    "https://gitlab.gnome.org/GNOME/libxslt",
  ),
  inPostgres("Linux", ["libz."], "zlib", "1.2.11", "Zlib", "Jean-loup Gailly and Mark Adler", "https://zlib.net"),
  inPostgres(
    "Linux",
    ["liblzma"],
    "liblzma",
    "5.2.2",
    "0BSD",
    "nobody: liblzma of XZ Utils is in the public domain",
    "https://tukaani.org/xz",
  ),
  inPostgres(
    "Linux",
    ["libossp-uuid"],
    "OSSP uuid",
    "1.6",
    "MIT",
    "Ralf S. Engelschall, the OSSP project",
    "http://www.ossp.org/pkg/lib/uuid",
  ),
  inPostgres(
    "macOS",
    ["libicu"],
    "ICU",
    "77.1",
    "Unicode-3.0",
    "Unicode, Inc. and others",
    "https://github.com/unicode-org/icu",
  ),
  inPostgres(
    "macOS",
    ["libcrypto", "libssl"],
    "OpenSSL",
    "3",
    "Apache-2.0",
    "the OpenSSL project authors",
    "https://www.openssl.org",
  ),
  inPostgres(
    "macOS",
    ["libxml2"],
    "libxml2",
    "2.14",
    "MIT",
    "Daniel Veillard",
    "https://gitlab.gnome.org/GNOME/libxml2",
  ),
  inPostgres("macOS", ["libz."], "zlib", "1.3.2", "Zlib", "Jean-loup Gailly and Mark Adler", "https://zlib.net"),
  inPostgres(
    "macOS",
    ["libzstd"],
    "Zstandard",
    "1.5.7",
    "BSD-3-Clause",
    "Meta Platforms, Inc. and affiliates",
    "https://github.com/facebook/zstd",
  ),
  inPostgres("macOS", ["liblz4"], "LZ4", "1.10.0", "BSD-2-Clause", "Yann Collet", "https://github.com/lz4/lz4"),
  inPostgres(
    "macOS",
    ["libkrb5", "libk5crypto", "libgssapi_krb5", "libcom_err"],
    "MIT Kerberos",
    "5",
    "MIT",
    "the Massachusetts Institute of Technology",
    "https://web.mit.edu/kerberos",
  ),
  inPostgres(
    "macOS",
    ["libedit"],
    "libedit",
    "3.1",
    "BSD-3-Clause",
    "the NetBSD Foundation and the Regents of the University of California",
    "https://thrysoee.dk/editline",
  ),
  inPostgres(
    "macOS",
    ["libuuid"],
    "libuuid",
    "1",
    "BSD-3-Clause",
    "the authors of util-linux",
    "https://github.com/util-linux/util-linux",
  ),
  inPostgres(
    "macOS",
    ["libiconv"],
    "GNU libiconv",
    "2",
    "LGPL-2.1-or-later",
    "the Free Software Foundation, Inc.",
    "https://www.gnu.org/software/libiconv",
  ),
  inPostgres(
    "macOS",
    ["libintl"],
    "GNU libintl",
    "8",
    "LGPL-2.1-or-later",
    "the Free Software Foundation, Inc.",
    "https://www.gnu.org/software/gettext",
  ),
];

/** What the LGPL asks to be said of libraries that a program is linked with. */
export const RELINKING = `JavaScriptCore and TinyCC are under the GNU Lesser General Public License and are linked into Bun. Their source is at the addresses
below, that of Bun, with how to build it with changed libraries, at https://github.com/oven-sh/bun. This program's own source, with how to
build it with such a Bun ("bun run build:executable"), comes with each release. GNU libiconv and libintl, in the archives for
macOS, are libraries of their own in the folder postgresql, and can be replaced there.`;
