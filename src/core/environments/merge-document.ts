/** A three-way merge of documents: what edits were made on, the edited document, and theirs. */
import type { MergedVariable } from '@shared/model/environment-merge';
import { AppError } from '@shared/errors';
import type { ChangeSet } from '@shared/model/change-set';
import { mergeEntries, mergeRows, type MergeInput, type MergeSide } from '@shared/model/merge';
import { WHOLE_SECRET_KEY, type Variable } from '@shared/model/variable';
import type { VariableMark } from '@core/storage/variable-marks';
import {
  entriesOf,
  mapDocument,
  type SecretDocument,
  type SecretEntry,
} from '@core/secrets/document';
import { sameContent, sameEntry } from '@core/secrets/same-content';
import { Secret } from '@core/secrets/secret';
import { editDocument, editMarks, touchesValue, type WritableDocument } from './edit-document';
import { describeEntry, describeWhole, type KnownMarks } from './variables';

type Marks = ReadonlyMap<string, VariableMark>;
export type MergeChoices = ReadonlyMap<string, MergeSide>;

export interface DocumentMerge {
  /** What the window shows of the merge: no secret value. `shown` adds the rules of the workspace to marks. */
  rows(marks: Marks, shown?: (marks: Marks) => KnownMarks): MergedVariable[];
  /** Throws `INVALID_INPUT` while a conflict has no choice, `BINARY_VALUE` if theirs is binary and chosen. */
  document(choices: MergeChoices): WritableDocument;
  /** The marks of the merged document. */
  marks(before: Marks, choices: MergeChoices): Map<string, VariableMark>;
}

/**
 * Merges edits with a newer document: lists of variables key by key, any other documents as a whole.
 * Without the base, every key that was edited counts as changed by both. Throws what `editDocument`
 * throws.
 */
export function mergeDocument(
  base: SecretDocument | undefined,
  theirs: SecretDocument,
  changes: ChangeSet,
): DocumentMerge {
  if (theirs.shape !== 'map' || (base !== undefined && base.shape !== 'map')) {
    return mergeWhole(base, theirs, changes);
  }
  return base === undefined
    ? mergeMaps(unknownBase(theirs.entries, changes), changes)
    : mergeMaps(
        {
          base: base.entries,
          mine: entriesOf(editDocument(base, changes)),
          theirs: theirs.entries,
        },
        changes,
      );
}

type Sides<T> = Pick<MergeInput<T>, 'base' | 'mine' | 'theirs'>;

/** An entry whose value is no longer known: it equals nothing but itself. */
const UNKNOWN: SecretEntry = { kind: 'null', value: new Secret('null') };

const equal = (a: SecretEntry, b: SecretEntry): boolean =>
  a === b || (a !== UNKNOWN && b !== UNKNOWN && sameEntry(a, b));

function unknownBase(
  theirs: ReadonlyMap<string, SecretEntry>,
  changes: ChangeSet,
): Sides<SecretEntry> {
  const added = new Set(changes.additions.map(({ key }) => key));
  const base = new Map([...theirs].filter(([key]) => !added.has(key)));
  for (const edit of changes.edits) {
    // A variable that is gone and was given no value cannot be restored from here.
    const isKnown = theirs.has(edit.key) || edit.value !== undefined;
    if (touchesValue(edit) && isKnown) base.set(edit.key, UNKNOWN);
  }
  const known = new Map([...base].map(([key]) => [key, theirs.get(key) ?? UNKNOWN]));
  const edits = changes.edits.filter(({ key }) => known.has(key));
  const mine = editDocument(mapDocument(known), { ...changes, edits });
  return { base, mine: entriesOf(mine), theirs };
}

function mergeMaps(sides: Sides<SecretEntry>, changes: ChangeSet): DocumentMerge {
  const renames = new Map(
    changes.edits.flatMap(({ key, rename, remove }) =>
      rename === undefined || remove === true ? [] : [[key, rename] as const],
    ),
  );
  const input = { ...sides, renames, equal };
  const rows = mergeRows(input);
  const resolve = (choices: MergeChoices): ReadonlyMap<string, SecretEntry> => {
    const { entries, open } = mergeEntries(input, choices);
    if (open.length > 0) throw notChosen(open.length);
    return entries;
  };
  return {
    rows: (marks, shown = (same) => same) => {
      const known = shown(marks);
      const mineMarks = shown(editMarks(marks, changes));
      const describe = (
        side: keyof Sides<SecretEntry>,
        key: string,
        sideMarks: KnownMarks,
      ): Variable | undefined => {
        const entry = sides[side].get(key);
        return entry === undefined || entry === UNKNOWN
          ? undefined
          : describeEntry(key, entry, sideMarks.get(key));
      };
      return rows.map(({ mine: mineChange, theirs: theirsChange, ...row }) => ({
        ...row,
        mineChange,
        theirsChange,
        before: describe('base', row.key, known),
        mine: describe('mine', row.renamed ?? row.key, mineMarks),
        theirs: describe('theirs', row.key, known),
      }));
    },
    document: (choices) => ({ shape: 'map', entries: resolve(choices) }),
    marks: (before, choices) => {
      const dropped = new Set(
        rows
          .filter(({ key, outcome }) => outcome === 'conflict' && choices.get(key) === 'theirs')
          .map(({ key }) => key),
      );
      const kept = {
        edits: changes.edits.filter(({ key }) => !dropped.has(key)),
        additions: changes.additions.filter(({ key }) => !dropped.has(key)),
      };
      const entries = resolve(choices);
      return new Map([...editMarks(before, kept)].filter(([key]) => entries.has(key)));
    },
  };
}

function mergeWhole(
  base: SecretDocument | undefined,
  theirs: SecretDocument,
  changes: ChangeSet,
): DocumentMerge {
  // Without their base, edits can only be applied to what is there now.
  const mine = editDocument(base ?? theirs, changes);
  const whole = <T>(document: T): ReadonlyMap<string, T> => new Map([[WHOLE_SECRET_KEY, document]]);
  const input: MergeInput<SecretDocument> = {
    base: base === undefined ? new Map() : whole(base),
    mine: whole(mine),
    theirs: whole(theirs),
    equal: sameContent,
  };
  return {
    rows: (marks) => {
      const mark = marks.get(WHOLE_SECRET_KEY);
      return mergeRows(input).map(({ mine: mineChange, theirs: theirsChange, ...row }) => ({
        ...row,
        mineChange,
        theirsChange,
        before: base && describeWhole(base, mark),
        mine: describeWhole(mine, mark),
        theirs: describeWhole(theirs, mark),
      }));
    },
    document: (choices) => {
      const { entries, open } = mergeEntries(input, choices);
      if (open.length > 0) throw notChosen(open.length);
      const document = entries.get(WHOLE_SECRET_KEY) ?? theirs;
      if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
      return document;
    },
    marks: (before) => new Map(before),
  };
}

const notChosen = (count: number): AppError =>
  new AppError('INVALID_INPUT', {
    message:
      count === 1 ? 'One key has no choice yet.' : `${String(count)} keys have no choice yet.`,
    hint: 'Choose yours or theirs for each of them.',
  });
