// Windows (windows.ts) that several servers count in together. What they are kept in is handed in: db/attempt-windows.ts.

/** Up to `points` uses of the key in a window of `seconds`, which begins with the first use. */
export interface Budget {
  key: string;
  points: number;
  seconds: number;
}

export interface SharedWindows {
  /** Counts a use of each budget; of none when one of them is used up: returns that one, and the seconds until it may be used. */
  use(budgets: Budget[]): Promise<{ usedUp: Budget; wait: number } | null>;
  /** Takes a use of each back. */
  giveBack(budgets: Budget[]): Promise<unknown>;
  clear(budget: Budget): Promise<unknown>;
  /** Whether the key was remembered, and its time has not passed. */
  isRemembered(key: string): Promise<boolean>;
  remember(key: string, seconds: number): Promise<unknown>;
}
