// Icons, as strokes on a grid of 24 units. They are hidden from screen readers: the control they are in has a name.

const SHAPES = {
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-5 16-3.5-6.5zM11.5 13.5L20 4",
  attach: "M19.5 11.5l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8-8a3 3 0 0 1 4.3 4.3l-8 8a1.4 1.4 0 0 1-2-2l7.3-7.3",
  plus: "M12 5v14M5 12h14",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
  check: "M4 12.5l5 5L20 6.5",
  checks: "M2 12.5l5 5 9-10.5M12 17.5L22 7",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5.5l3.5 2",
  alert: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V13M12 16.5v.1",
  pencil: "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19z",
  trash: "M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  people:
    "M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20c0-4 2.5-6 6.5-6s6.5 2 6.5 6M16 5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.5.7 3.5 2.5 3.5 5.5",
  chats: "M4 5h16v11H10.5L6 20v-4H4z",
  activity: "M5 17h14l-2-3V10.5a5 5 0 0 0-10 0V14zM10 20.5h4",
  settings:
    "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM9 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5M12 7.5v.1",
  close: "M6 6l12 12M18 6L6 18",
  more: "M12 5.5v.1M12 12v.1M12 18.5v.1",
  reply: "M10 6L4 12l6 6M4 12h10c4 0 6 2 6 6",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9 9.5v.1M15 9.5v.1M8 14c1 1.6 2.3 2.4 4 2.4s3-.8 4-2.4",
  link: "M10 14a4 4 0 0 0 5.7 0l3.3-3.3a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0L5 13.3A4 4 0 0 0 10.7 19l1.3-1.3",
  copy: "M8.5 8.5H20V20H8.5zM15.5 8.5V4H4v11.5h4.5",
  select: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12.5l3 3 5.5-6.5",
  up: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  filter: "M4 6h16M7 12h10M10 18h4",
  down: "M12 5v14M5.5 12.5L12 19l6.5-6.5",
  muted: "M4 9.5h3.5L12 5v14l-4.5-4.5H4zM16 9.5l5 5M21 9.5l-5 5",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
  show: "M2.5 12C5 7.5 8.2 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5s-7-2-9.5-6.5zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  hide: "M2.5 12C5 7.5 8.2 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5s-7-2-9.5-6.5zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM4 20L20 4",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  play: "M8 5l11 7-11 7z",
  pause: "M8.5 5v14M15.5 5v14",
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21",
  zoomIn: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5M8 11h6M11 8v6",
  zoomOut: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5M8 11h6",
  forward: "M9 5l7 7-7 7",
  key: "M8 10a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 11l8.5-7.5M16.5 6l2.5 3M14 8.5l1.5 2",
  shield: "M12 3l7.5 3v5.5c0 4.5-3 7.8-7.5 9.5-4.5-1.7-7.5-5-7.5-9.5V6zM8.5 12l2.5 2.5 4.5-5",
  keyboard: "M3 6.5h18v11H3zM6.5 10v.1M10 10v.1M14 10v.1M17.5 10v.1M8 14h8",
  devices: "M3 5h13v9H3zM6 18h6M9 14v4M18 8.5h3.5V20H15v-3",
  mail: "M3 6h18v12H3zM3 7l9 6.5L21 7",
  code: "M8.5 7L3.5 12l5 5M15.5 7l5 5-5 5",
  flag: "M5 21V4M5 5c5-3 8 3 14 0v9c-6 3-9-3-14 0",
  pulse: "M3 12h4l3-7 4 14 3-7h4",
  ban: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.7 5.7l12.6 12.6",
  leave: "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
} as const;

export type IconName = keyof typeof SHAPES;

/** `size` is in px at the browser's default font size, and scales with it. */
export const Icon = ({ name, size = 20 }: { name: IconName; size?: number }) => (
  <svg class="icon" width={`${size / 16}rem`} height={`${size / 16}rem`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={SHAPES[name]} />
  </svg>
);
