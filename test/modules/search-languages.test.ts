// Search in languages that write without spaces, from right to left, with marks, or with letters of their own.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Json, newGroup, startServer, type TestServer } from "../support/harness.ts";
import { indexed } from "../support/search-index.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ search: true });
});
afterAll(() => server.close());

/** By language: what is said, and by what it is found, marked as shown; null: not at all. */
const LANGUAGES: Record<string, { said: string; finds: [query: string, marked: string[] | null][] }> = {
  Chinese: {
    said: "我家在上海东边，离人民广场不远。ＡＢＣ公司",
    finds: [
      ["上海", ["上海"]],
      ["海东", ["海东"]],
      ["海", ["海"]],
      ["边", ["边"]],
      ["广场 上海", ["上海", "广场"]],
      ["人民广场", ["人民广场"]],
      ["abc公司", ["ＡＢＣ", "公司"]],
      // Both pairs occur, but not in a row.
      ["上海东边离", null],
      ["海上", null],
      ["北京", null],
      ['"离人民"', ["离人民"]],
    ],
  },
  Japanese: {
    said: "明日は東京タワーでﾊﾞｽに乗ります。コンピューター、がんばって",
    finds: [
      ["東京", ["東京"]],
      ["タワー", ["タワー"]],
      // Half-width letters, with their voicing apart.
      ["バス", ["ﾊﾞｽ"]],
      ["ハス", null],
      ["乗ります", ["乗ります"]],
      ["コンピューター", ["コンピューター"]],
      ["がん", ["がん"]],
      ["かん", null],
      ["東京バス", null],
    ],
  },
  Thai: {
    said: "ฉันชอบกินข้าวผัดที่กรุงเทพมหานคร",
    finds: [
      ["ข้าวผัด", ["ข้าวผัด"]],
      ["กรุงเทพ", ["กรุงเทพ"]],
      ["กิน", ["กิน"]],
      // Another tone mark is another word.
      ["ข่าว", null],
      ["เชียงใหม่", null],
    ],
  },
  Lao: {
    said: "ຂ້ອຍມັກກິນເຂົ້າຜັດຢູ່ວຽງຈັນ",
    finds: [
      ["ເຂົ້າຜັດ", ["ເຂົ້າຜັດ"]],
      ["ວຽງຈັນ", ["ວຽງຈັນ"]],
      ["ກິນ", ["ກິນ"]],
      ["ວຽງຈັນ ມັກ", ["ມັກ", "ວຽງຈັນ"]],
      // Another tone mark is another word.
      ["ເຂົ່າ", null],
      ["ຫຼວງພະບາງ", null],
    ],
  },
  Khmer: {
    // With the spaces of no width that some keyboards put between words, and without.
    said: "ខ្ញុំ\u200bចូលចិត្ត\u200bបាយឆា នៅភ្នំពេញ",
    finds: [
      ["ភ្នំពេញ", ["ភ្នំពេញ"]],
      ["បាយឆា", ["បាយឆា"]],
      ["ចូលចិត្តបាយ", ["ចូលចិត្ត\u200bបាយ"]],
      ["ចូលចិត្ត\u200bបាយ", ["ចូលចិត្ត\u200bបាយ"]],
      ["នៅ\u200bភ្នំពេញ", ["នៅភ្នំពេញ"]],
      ["សៀមរាប", null],
    ],
  },
  Burmese: {
    said: "ကျွန်တော် ရန်ကုန်မြို့မှာ ထမင်းကြော်စားတယ်",
    finds: [
      ["ရန်ကုန်", ["ရန်ကုန်"]],
      ["မြို့", ["မြို့"]],
      ["ထမင်းကြော်", ["ထမင်းကြော်"]],
      ["စားတယ် ရန်ကုန်", ["ရန်ကုန်", "စားတယ်"]],
      ["မန္တလေး", null],
    ],
  },
  Arabic: {
    said: "ذَهَبَ الوَلَدُ إِلَى المَدرَسَةِ الجَدِيدَة، ومعه كــتاب",
    finds: [
      // Without the vowel signs, and without the hamza on the alif.
      ["الولد", ["الوَلَدُ"]],
      ["الى", ["إِلَى"]],
      ["المدرسة الجديدة", ["المَدرَسَةِ", "الجَدِيدَة"]],
      ["كتاب", ["كــتاب"]],
      ["الول", ["الوَلَ"]],
      ["البنت", null],
    ],
  },
  Persian: {
    said: "من این کتاب را می‌خوانم",
    finds: [
      // With the joiner that keeps the two parts apart, and without it.
      ["می‌خوانم", ["می‌خوانم"]],
      ["میخوانم", ["می‌خوانم"]],
      ["کتاب", ["کتاب"]],
    ],
  },
  Turkish: {
    said: "ISPARTA'dan İstanbul'a giden ığdırlı çiftçi şöyle dedi",
    finds: [
      ["ısparta", ["ISPARTA"]],
      ["isparta", ["ISPARTA"]],
      ["istanbul", ["İstanbul"]],
      ["İSTANBUL", ["İstanbul"]],
      ["Iğdırlı", ["ığdırlı"]],
      ["IĞDIRLI", ["ığdırlı"]],
      ["ciftci", ["çiftçi"]],
      ["SOYLE", ["şöyle"]],
    ],
  },
  German: {
    said: "Die Straße zur Größe: MÜLLERS Fußballschuhe",
    finds: [
      ["strasse", ["Straße"]],
      ["STRASSE", ["Straße"]],
      ["straße", ["Straße"]],
      ["stras", ["Straß"]],
      ["grosse", ["Größe"]],
      ["müllers", ["MÜLLERS"]],
      ["mu\u0308llers", ["MÜLLERS"]],
      ["mullers", ["MÜLLERS"]],
      ["fussball", ["Fußball"]],
      ["schuhe", null],
    ],
  },
  Hindi: {
    said: "कल दिल्ली में बारिश होगी",
    finds: [
      ["दिल्ली", ["दिल्ली"]],
      // Vowel signs are no accents.
      ["दल्ली", null],
      ["बारिश", ["बारिश"]],
    ],
  },
  Korean: {
    said: "서울에서 만나요",
    finds: [
      ["서울", ["서울"]],
      // As it is composed, and as some systems take it apart.
      ["만나요".normalize("NFD"), ["만나요"]],
      ["부산", null],
    ],
  },
  Vietnamese: {
    said: "Tôi yêu Việt Nam".normalize("NFD"),
    finds: [
      ["việt nam", ["Việt".normalize("NFD"), "Nam"]],
      ["viet", ["Việt".normalize("NFD")]],
    ],
  },
  Greek: {
    said: "Ο Οδυσσεύς",
    finds: [
      ["οδυσσευσ", ["Οδυσσεύς"]],
      ["ΟΔΥΣΣΕΥΣ", ["Οδυσσεύς"]],
    ],
  },
  Russian: {
    said: "Ещё чай",
    finds: [
      ["еще", ["Ещё"]],
      ["ЕЩЁ", ["Ещё"]],
    ],
  },
  Emoji: {
    said: "party 🎉🎊 tonight 👍🏽",
    finds: [
      ["🎉", ["🎉"]],
      ["👍", ["👍"]],
      ["🎉 tonight", ["🎉", "tonight"]],
      ["😀", null],
    ],
  },
};

for (const [language, { said, finds }] of Object.entries(LANGUAGES)) {
  test(`${language} is found as its readers write it`, async () => {
    const { owner, groupId } = await newGroup(server, 1);
    await owner.post(`/groups/${groupId}/messages`, { body: said });
    await indexed(server.core.sql);
    const marked: typeof finds = [];
    for (const [query] of finds) {
      const { body } = await owner.get(`/search?query=${encodeURIComponent(query)}`);
      const [result] = body.data as Json[];
      const characters = [...said];
      const places = result?.highlights as [number, number][] | undefined;
      marked.push([query, places?.map(([at, length]) => characters.slice(at, at + length).join("")) ?? null]);
    }
    expect(marked).toEqual(finds);
  });
}

test("a word of any length and a text of any kind are indexed, and the beginning of a long word finds it", async () => {
  const { owner, groupId } = await newGroup(server, 1);
  const path = `/groups/${groupId}/messages`;
  const long = "x".repeat(4_000);
  const texts = [
    long,
    "\u{1f1e9}\u{1f1ea}",
    "ﷺ".repeat(400),
    "語".repeat(4_000),
    "a\u0301".repeat(2_000),
    "<'w:x':1>\\ \\' ''",
  ];
  for (const body of texts) expect((await owner.post(path, { body })).status).toBe(201);
  await indexed(server.core.sql);
  const first = async (query: string) =>
    (await owner.get(`/search?query=${encodeURIComponent(query)}`)).body.data[0]?.message.body;
  expect(await first("x".repeat(100))).toBe(long);
  expect(await first("語語語")).toBe(texts[3]);
  const [{ count }] = (await server.core
    .sql`select count(*)::int from search where room_id = ${groupId}`) as unknown as [{ count: number }];
  expect(count).toBe(texts.length);
});
