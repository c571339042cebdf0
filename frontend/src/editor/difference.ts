// What leads from one text to another, as changes by lines and then by characters, so that a cursor outside them stays.
import type { ChangeSpec } from "@codemirror/state";

const MOST_CELLS = 4_000_000;

export function changesBetween(before: string, after: string): ChangeSpec[] {
  if (before === after) return [];
  const [start, endBefore, endAfter] = middle(before, after);
  const left = lines(before.slice(start, endBefore));
  const right = lines(after.slice(start, endAfter));
  if (left.length * right.length > MOST_CELLS) return [{ from: start, to: endBefore, insert: after.slice(start, endAfter) }];
  return hunks(left, right, start);
}

function middle(before: string, after: string): [number, number, number] {
  let start = 0;
  const most = Math.min(before.length, after.length);
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  if (parts(before, start) || parts(after, start)) start -= 1;
  while (end < most - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end += 1;
  if (end && (parts(before, before.length - end) || parts(after, after.length - end))) end -= 1;
  return [start, before.length - end, after.length - end];
}

/** Whether a cut here would part the two halves of one character. */
export function parts(text: string, at: number): boolean {
  const [left, right] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return left >= 0xd800 && left < 0xdc00 && right >= 0xdc00 && right < 0xe000;
}

const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function hunks(left: string[], right: string[], at: number): ChangeSpec[] {
  const width = right.length + 1;
  const common = new Uint32Array((left.length + 1) * width);
  const cell = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1)
    for (let column = right.length - 1; column >= 0; column -= 1)
      common[row * width + column] =
        left[row] === right[column] ? cell(row + 1, column + 1) + 1 : Math.max(cell(row + 1, column), cell(row, column + 1));
  const found: ChangeSpec[] = [];
  let [row, column, place] = [0, 0, at];
  while (row < left.length || column < right.length) {
    if (row < left.length && column < right.length && left[row] === right[column]) {
      place += (left[row] ?? "").length;
      row += 1;
      column += 1;
      continue;
    }
    let [gone, come] = ["", ""];
    while ((row < left.length || column < right.length) && !(row < left.length && column < right.length && left[row] === right[column])) {
      if (row < left.length && (column >= right.length || cell(row + 1, column) >= cell(row, column + 1))) {
        gone += left[row] ?? "";
        row += 1;
      } else {
        come += right[column] ?? "";
        column += 1;
      }
    }
    const [start, endGone, endCome] = middle(gone, come);
    found.push({ from: place + start, to: place + endGone, insert: come.slice(start, endCome) });
    place += gone.length;
  }
  return found;
}
