// Drawn pictures for the demo: landscapes to send, and portraits.
import type { Browser } from "playwright-core";

const LAKE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 640">
  <defs>
    <linearGradient id="sky" x2="0" y2="1"><stop stop-color="#f7b98b"/><stop offset=".55" stop-color="#fbe3c8"/><stop offset="1" stop-color="#fdf1e2"/></linearGradient>
    <linearGradient id="water" x2="0" y2="1"><stop stop-color="#e9c9ae"/><stop offset="1" stop-color="#4c6f86"/></linearGradient>
  </defs>
  <rect width="960" height="640" fill="url(#sky)"/>
  <circle cx="690" cy="230" r="46" fill="#fff3d6"/>
  <path d="M0 330 180 150 300 270 420 130 620 330Z" fill="#8d8aa8"/>
  <path d="M420 130 460 172 436 168 424 190 404 160 386 172Z" fill="#f6f1f4"/>
  <path d="M180 150 214 186 192 184 176 202 160 178 148 184Z" fill="#f6f1f4"/>
  <path d="M320 340 560 190 760 300 860 240 960 320V360H320Z" fill="#6f7c94"/>
  <path d="M0 360Q240 290 480 352T960 340V400H0Z" fill="#3f5d57"/>
  <rect y="384" width="960" height="256" fill="url(#water)"/>
  <path d="M640 384h100l24 60h-148zM610 470h160l10 22H600zM580 520h220l8 16H572z" fill="#fff3d6" opacity=".5"/>
  <path d="M0 384Q300 402 520 388T960 392V384Z" fill="#2f4a45"/>
  <g fill="#23382f"><path d="M60 640 96 430 132 640Z"/><path d="M120 640 166 380 212 640Z"/><path d="M10 640 40 500 70 640Z"/><path d="M830 640 872 420 914 640Z"/><path d="M900 640 934 470 960 600V640Z"/></g>
</svg>`;

const HUT = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 960">
  <defs><linearGradient id="night" x2="0" y2="1"><stop stop-color="#16213f"/><stop offset="1" stop-color="#5b6b9b"/></linearGradient></defs>
  <rect width="720" height="960" fill="url(#night)"/>
  <g fill="#fff"><circle cx="90" cy="110" r="3"/><circle cx="210" cy="60" r="2"/><circle cx="330" cy="170" r="3"/><circle cx="470" cy="80" r="2"/><circle cx="610" cy="150" r="3"/><circle cx="660" cy="300" r="2"/><circle cx="140" cy="280" r="2"/><circle cx="520" cy="250" r="2"/></g>
  <circle cx="560" cy="130" r="40" fill="#f3ecd0"/><circle cx="576" cy="120" r="36" fill="#1f2c50"/>
  <path d="M0 560 200 330 330 470 470 300 720 560V700H0Z" fill="#3c4874"/>
  <path d="M0 700Q200 610 400 670T720 650V960H0Z" fill="#e8ecf5"/>
  <path d="M0 790Q260 710 720 800V960H0Z" fill="#cfd7ea"/>
  <path d="M230 690v-120h240v120z" fill="#6b4a38"/><path d="M200 580 350 470 500 580Z" fill="#f4f6fb"/><path d="M200 580 350 470 500 580 480 588 350 494 220 588Z" fill="#47332a"/>
  <rect x="272" y="606" width="50" height="44" fill="#ffd98a"/><rect x="386" y="606" width="46" height="84" fill="#3b281f"/><rect x="430" y="500" width="22" height="60" fill="#47332a"/>
  <g fill="#1d2c38"><path d="M60 760 110 560 160 760Z"/><path d="M560 780 612 540 664 780Z"/><path d="M620 800 668 620 716 800Z"/></g>
</svg>`;

const portrait = (background: string, skin: string, hair: string, shirt: string, hairstyle: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">
  <rect width="200" height="200" fill="${background}"/>
  <path d="M30 200c0-44 30-60 70-60s70 16 70 60z" fill="${shirt}"/>
  <path d="M84 118h32v30c-8 10-24 10-32 0z" fill="${skin}"/>
  <ellipse cx="100" cy="88" rx="38" ry="44" fill="${skin}"/>
  <path d="${hairstyle}" fill="${hair}"/>
</svg>`;

const LONG =
  "M58 96c-8-50 14-66 42-66s50 16 42 66c4 30 2 44 0 54h-16c4-30 4-50-6-66-16 6-40 4-46-2-8 18-8 44-2 68H58c-4-14-4-30 0-54z";
const SHORT = "M60 92c-6-44 14-60 40-60s46 16 40 60c-4-16-10-26-16-30-16 8-40 6-48 0-8 6-14 16-16 30z";

export const ART = {
  lake: { svg: LAKE, width: 960, height: 640 },
  hut: { svg: HUT, width: 720, height: 960 },
  Ada: { svg: portrait("#c9ddf0", "#e8b795", "#4a2f27", "#34598b", LONG), width: 200, height: 200 },
  Grace: { svg: portrait("#f3d9b8", "#c98d63", "#231a18", "#a0403c", LONG), width: 200, height: 200 },
  Alan: { svg: portrait("#cfe6d2", "#f0c7a4", "#6a4a2a", "#3d6b52", SHORT), width: 200, height: 200 },
  Katherine: { svg: portrait("#e2d5ee", "#8d5a3b", "#17120f", "#5b4a86", SHORT), width: 200, height: 200 },
};

/** The picture as a PNG file. */
export async function draw(browser: Browser, name: keyof typeof ART): Promise<Uint8Array<ArrayBuffer>> {
  const { svg, width, height } = ART[name];
  const page = await browser.newPage({ viewport: { width, height } });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  const bytes = new Uint8Array(await page.screenshot());
  await page.close();
  return bytes;
}
