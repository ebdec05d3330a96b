// Every spelling of an address counts as the same one, so that limits per address or network can't be evaded by spelling.
import { describe, expect, test } from "bun:test";
import { clientAddress, networkOf, parseAddress } from "../../src/http/client-address.ts";

const through = (forwarded: string | null, hops: number, direct = "192.0.2.1") =>
  clientAddress(
    new Request("http://chat.example.org/", { headers: forwarded === null ? {} : { "x-forwarded-for": forwarded } }),
    { requestIP: () => ({ address: direct }) } as never,
    hops,
  );

describe("an address", () => {
  test.each([
    ["203.0.113.8", "203.0.113.8"],
    ["203.0.113.8:40000", "203.0.113.8"],
    ['"203.0.113.8:40000"', "203.0.113.8"],
    ["  203.0.113.8\t", "203.0.113.8"],
    ["for=203.0.113.8", "203.0.113.8"],
    ["For=203.0.113.8;proto=https;by=192.0.2.1", "203.0.113.8"],
    ['for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"],
    ["2001:db8::1", "2001:db8::1"],
    ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:DB8::1]:443", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["[fe80::1%25eth0]:443", "fe80::1"],
    ["::ffff:203.0.113.8", "203.0.113.8"],
    ["::FFFF:cb00:7108", "203.0.113.8"],
    ["[::ffff:203.0.113.8]:40000", "203.0.113.8"],
    ["::1", "::1"],
  ])("%p is %p", (spelling, canonical) => expect(parseAddress(spelling)).toBe(canonical));

  test.each([
    "",
    "unknown",
    "_hidden",
    "for=",
    "for=unknown",
    "203.0.113",
    "203.0.113.256",
    "203.0.113.08",
    "0x7f.0.0.1",
    "2130706433",
    "203.0.113.8:",
    "203.0.113.8:port",
    "[203.0.113.8]",
    "[2001:db8::1",
    "2001:db8::1]",
    "2001:db8:::1",
    "%eth0",
    "__proto__",
    "203.0.113.8 203.0.113.9",
  ])("%p is none", (junk) => expect(parseAddress(junk)).toBeNull());
});

describe("behind proxies", () => {
  test.each<[string | null, number, string]>([
    ["203.0.113.8", 0, "192.0.2.1"],
    [null, 1, "192.0.2.1"],
    ["203.0.113.8", 1, "203.0.113.8"],
    ["203.0.113.8:40000", 1, "203.0.113.8"],
    ["198.51.100.7, 203.0.113.8", 1, "203.0.113.8"],
    ["198.51.100.7, 203.0.113.8", 2, "198.51.100.7"],
    ["198.51.100.7,, 203.0.113.8 ,", 2, "198.51.100.7"],
    ["198.51.100.7", 2, "192.0.2.1"],
    ["unknown, 203.0.113.8", 2, "192.0.2.1"],
    ["203.0.113.8, junk-%s", 1, "192.0.2.1"],
  ])("%p through %p of them comes from %p", (forwarded, hops, client) => {
    expect(through(forwarded, hops)).toBe(client);
  });

  test("a client that connects to a dual-stack socket over IPv4 has an IPv4 address", () => {
    expect(through(null, 0, "::ffff:198.51.100.7")).toBe("198.51.100.7");
  });
});

test.each([
  ["203.0.113.8", "203.0.113.8"],
  ["::ffff:203.0.113.8", "203.0.113.8"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::6", "2001:db8:1:3::/64"],
  ["::1", "::/64"],
  ["unknown", "unknown"],
])("the network of %p is %p", (address, network) => expect(networkOf(address)).toBe(network));
