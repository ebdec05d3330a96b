// Arrow keys in rows of cells, some of which are shorter than others, while the focus stays in the field above them.
import { useState } from "preact/hooks";

export interface Cell {
  row: number;
  column: number;
}

/** `rows`: how many cells each row has. The cell is null until an arrow key leads into the grid. */
export function useGridKeys(rows: readonly number[]) {
  const [cell, setCell] = useState<Cell | null>(null);
  // What is shown may have changed since.
  const row = cell === null ? -1 : Math.min(cell.row, rows.length - 1);
  const current = row < 0 ? null : { row, column: Math.min(cell!.column, rows[row]! - 1) };

  /** Returns whether the key moved. */
  function onKey(key: string): boolean {
    const next = nextCell(rows, current, key);
    if (next === undefined) return false;
    setCell(next);
    return true;
  }

  return { cell: current, setCell, onKey };
}

/** Undefined for a key that does not move; null out of the grid. */
function nextCell(rows: readonly number[], cell: Cell | null, key: string): Cell | null | undefined {
  if (rows.length === 0) return undefined;
  if (cell === null) return key === "ArrowDown" ? { row: 0, column: 0 } : undefined;
  const { row, column } = cell;
  switch (key) {
    case "ArrowDown":
      return row + 1 < rows.length ? { row: row + 1, column } : cell;
    case "ArrowUp":
      return row > 0 ? { row: row - 1, column } : null;
    case "PageDown":
      return { row: Math.min(row + 5, rows.length - 1), column };
    case "PageUp":
      return { row: Math.max(row - 5, 0), column };
    case "ArrowRight":
      if (column + 1 < rows[row]!) return { row, column: column + 1 };
      return row + 1 < rows.length ? { row: row + 1, column: 0 } : cell;
    case "ArrowLeft":
      if (column > 0) return { row, column: column - 1 };
      return row > 0 ? { row: row - 1, column: rows[row - 1]! - 1 } : cell;
    case "Home":
      return { row, column: 0 };
    case "End":
      return { row, column: rows[row]! - 1 };
  }
  return undefined;
}
