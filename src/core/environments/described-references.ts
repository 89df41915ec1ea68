/** Where the references among the variables of an environment point. */
import { referenceIn, type PointsTo } from '@shared/model/stored-reference';
import type { Variable } from '@shared/model/variable';
import { entriesOrText, type SecretDocument } from '@core/secrets/document';
import type { EnvironmentRow } from '@core/storage/environments';

/** A way to what environments hold; `undefined` while that is not in memory. */
export type Holding = (row: EnvironmentRow) => Promise<SecretDocument | undefined>;

/** `variables` describe `document`. `rows` are the environments of the workspace. */
export async function withReferences(
  variables: readonly Variable[],
  document: SecretDocument,
  rows: () => readonly EnvironmentRow[],
  holding: Holding,
): Promise<Variable[]> {
  const entries = entriesOrText(document);
  const candidates = variables.filter(
    ({ key }) => entries.get(key)?.value.reveal().startsWith('@') === true,
  );
  if (candidates.length === 0) return [...variables];
  const all = rows();
  const found = new Map<string, PointsTo>();
  for (const { key } of candidates) {
    const text = entries.get(key)?.value.reveal() ?? '';
    const reference = await pointsTo(text, all, holding);
    if (reference !== undefined) found.set(key, reference);
  }
  return variables.map((variable) => {
    const reference = found.get(variable.key);
    return reference === undefined ? variable : { ...variable, reference };
  });
}

async function pointsTo(
  text: string,
  rows: readonly EnvironmentRow[],
  holding: Holding,
): Promise<PointsTo | undefined> {
  const find = (name: string): EnvironmentRow | undefined =>
    rows.find((row) => row.name === name) ?? rows.find(({ id }) => id === name);
  const reference = referenceIn(text, (name) => find(name) !== undefined);
  const row = reference && find(reference.vault);
  if (row === undefined || reference === undefined) return undefined;
  const document = await holding(row);
  const state =
    document === undefined
      ? 'not-loaded'
      : entriesOrText(document).has(reference.key)
        ? 'found'
        : 'missing';
  return { environmentId: row.id, environment: row.name, key: reference.key, state };
}
