/** Numbers that the provider would round, because it decodes them into 64-bit floating point. */
import type { Environment } from '@shared/model/environment';
import { isRounded } from '@shared/model/exact-number';
import type { KeyIssue } from '@shared/model/key-rules';
import { providerFacts } from '@shared/providers/facts';
import type { ReactNode } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { plural } from '../../lib/format';
import { addVariables, removeRows, type Draft, type Row } from './draft';

const SENTENCE =
  'The provider would round this number: it keeps about 16 digits. Review offers to keep it as text.';

/** Whether the provider rounds numbers of this environment. Only where it keeps versions does any. */
export function useRoundsNumbers({ synced, revision }: Environment): boolean {
  const rounds = useFeature(
    'connection',
    ({ settings }) => providerFacts[settings.provider].traits.numbers === 'rounded',
  );
  return rounds && synced && revision !== undefined;
}

/** Rows whose number would change when it is saved. */
const roundedRows = (rows: readonly Row[]): readonly Row[] =>
  rows.filter(
    ({ change, typed, variable: { kind } }) =>
      (change === 'changed' || change === 'added') &&
      typed !== undefined &&
      (kind === 'number' || kind === 'nested') &&
      isRounded(typed),
  );

/** Warnings by row id, like the issues of keys. */
export const roundingIssues = (rows: readonly Row[]): ReadonlyMap<string, KeyIssue> =>
  new Map(roundedRows(rows).map(({ id }) => [id, { level: 'warning', message: SENTENCE }]));

/** Removes the rows and adds them again as text: an edit would keep their kind. */
const asText = (draft: Draft, rows: readonly Row[]): Draft =>
  addVariables(
    removeRows(draft, rows),
    rows.map(({ key, typed = '', variable }) => ({
      key,
      value: typed,
      secret: variable.secret,
      ...(variable.disabled === true && { disabled: true }),
    })),
  );

/** In the review: warns of numbers that saving would round, and offers to keep them as text. */
export function RoundedNumbers({ rows }: { readonly rows: readonly Row[] }): ReactNode {
  const { environment } = useStores();
  const provider = useFeature('connection', ({ settings }) => settings.provider);
  const rounded = roundedRows(rows);
  if (rounded.length === 0) return null;
  const keys = rounded.map(({ key }) => key).join(', ');
  return (
    <div className="max-w-2xl pt-1">
      <Card
        tone="warn"
        title={`${providerFacts[provider].label} would round ${rounded.length === 1 ? 'a number' : plural(rounded.length, 'value')}`}
        live
        actions={
          <Button onPress={() => environment.getState().alter((draft) => asText(draft, rounded))}>
            Keep as text
          </Button>
        }
      >
        <p className="text-text-2">
          It stores numbers as 64-bit floating point, with about 16 digits. Saving would change{' '}
          <span className="font-mono break-all text-text">{keys}</span>. As text, in quotes, every
          digit is kept.
        </p>
      </Card>
    </div>
  );
}
