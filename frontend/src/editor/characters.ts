// A change that would part the two halves of one character (an emoji that is replaced by its neighbour) is widened to the
// whole character: the shared text stores characters, and half of one is none.
import { EditorState, Transaction, type ChangeSpec, type Text, type TransactionSpec } from "@codemirror/state";
import { ySyncAnnotation } from "y-codemirror.next";
import { parts } from "./difference";

const partsDoc = (doc: Text, at: number): boolean => at > 0 && at < doc.length && parts(doc.sliceString(at - 1, at + 1), 1);

function widened(transaction: Transaction): TransactionSpec | null {
  const before = transaction.startState.doc;
  const ends: [number, number][] = [];
  let parted = false;
  transaction.changes.iterChanges((from, to, fromAfter, toAfter) => {
    const start = partsDoc(before, from) || partsDoc(transaction.newDoc, fromAfter);
    const end = partsDoc(before, to) || partsDoc(transaction.newDoc, toAfter);
    parted ||= start || end;
    const [wideFrom, wideTo] = [start ? from - 1 : from, end ? to + 1 : to];
    const last = ends[ends.length - 1];
    if (last && wideFrom < last[1]) last[1] = wideTo;
    else ends.push([wideFrom, wideTo]);
  });
  if (!parted) return null;
  const changes: ChangeSpec[] = ends.map(([from, to]) => ({
    from,
    to,
    insert: transaction.newDoc.slice(transaction.changes.mapPos(from, -1), transaction.changes.mapPos(to, 1)),
  }));
  const made = { changes, selection: transaction.newSelection, effects: transaction.effects, scrollIntoView: transaction.scrollIntoView };
  const event = transaction.annotation(Transaction.userEvent);
  return event ? { ...made, userEvent: event } : made;
}

/** What comes from others comes whole; only what is typed here is looked at. */
export const wholeCharacters = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.annotation(Transaction.remote) || transaction.annotation(ySyncAnnotation)) return transaction;
  return widened(transaction) ?? transaction;
});
