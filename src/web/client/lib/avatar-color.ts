// A colour for everybody, the same on every device.

/** How many hues style/controls.css has for avatars. */
const COLORS = 10;

/** Which one belongs to an id; `salt` keeps a group and a user of the same id apart. */
export const avatarColorOf = (id: number, salt = 0) => (id * 7 + salt * 3) % COLORS;
