// The avatar colour of a user or group, the same on every device.

/** The number of avatar colours in style/controls.css. */
const COLORS = 10;

/** The index of an id's colour; `salt` keeps a group and a user of the same id apart. */
export const avatarColorOf = (id: number, salt = 0) => (id * 7 + salt * 3) % COLORS;
