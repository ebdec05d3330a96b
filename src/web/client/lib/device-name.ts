// What a session's device is called, by what it said of itself when it logged in.
import Bowser from "bowser";

/** "Firefox on Linux"; what no browser calls itself stands as it is. */
export function deviceName(device: string): string {
  if (device === "") return "Unknown device";
  const { browser, os } = Bowser.parse(device);
  if (!browser.name) return device.length > 60 ? `${device.slice(0, 59)}…` : device;
  return os.name ? `${browser.name} on ${os.name}` : browser.name;
}
