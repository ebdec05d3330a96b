// Which of a device's abilities pages from here may ask for.

const ABILITIES = ["camera", "display-capture", "geolocation", "microphone", "payment", "usb"] as const;

/** None but these, and those for this origin alone. */
export const permissionsPolicy = (...allowed: (typeof ABILITIES)[number][]) =>
  ABILITIES.map((ability) => `${ability}=(${allowed.includes(ability) ? "self" : ""})`).join(", ");
