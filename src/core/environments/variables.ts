/** What the window shows of a document: keys, kinds and shapes, and no secret value. */
import { isJsonObject, parseJson } from '@shared/model/json';
import { WHOLE_SECRET_KEY, type Variable } from '@shared/model/variable';
import { AppError } from '@shared/errors';
import type { VariableMark } from '@core/storage/variable-marks';
import { mapToJson, type SecretDocument, type SecretEntry } from '@core/secrets/document';

function describeText(text: string): Pick<Variable, 'lines' | 'empty'> {
  const lines = text.split(/\r\n|\r|\n/).length;
  return { ...(lines > 1 && { lines }), ...(text === '' && { empty: true }) };
}

function describeNested(json: string): Pick<Variable, 'entries' | 'nested'> {
  const value = parseJson(json);
  if (isJsonObject(value)) return { nested: 'object', entries: value.size };
  return { nested: 'list', entries: Array.isArray(value) ? value.length : 0 };
}

/** What is known of variables by their key: stored marks, or those with the rules of the workspace. */
export type KnownMarks = Pick<ReadonlyMap<string, VariableMark>, 'get'>;

/** Whether a value without a mark is masked. */
const isSecretByDefault = (kind: SecretEntry['kind']): boolean =>
  kind === 'text' || kind === 'nested';

export function describeEntry(
  key: string,
  { kind, value }: SecretEntry,
  mark: VariableMark | undefined,
): Variable {
  const text = value.reveal();
  const secret = mark?.secret ?? isSecretByDefault(kind);
  return {
    key,
    kind,
    secret,
    ...(mark?.disabled === true && { disabled: true }),
    ...(mark?.note !== undefined && { note: mark.note }),
    ...(!secret && { literal: text }),
    ...(kind === 'text' && describeText(text)),
    ...(kind === 'nested' && describeNested(text)),
  };
}

export function describeVariables(
  document: SecretDocument,
  marks: KnownMarks = new Map(),
): Variable[] {
  switch (document.shape) {
    case 'map':
      return [...document.entries].map(([key, entry]) => describeEntry(key, entry, marks.get(key)));
    case 'text':
    case 'binary':
      return [describeWhole(document, marks.get(WHOLE_SECRET_KEY))];
  }
}

/** A document as one variable; a list of variables as the object that it is. */
export function describeWhole(document: SecretDocument, mark: VariableMark | undefined): Variable {
  switch (document.shape) {
    case 'map':
      return {
        key: WHOLE_SECRET_KEY,
        kind: 'nested',
        secret: true,
        nested: 'object',
        entries: document.entries.size,
      };
    case 'text':
      return describeEntry(WHOLE_SECRET_KEY, { kind: 'text', value: document.text }, mark);
    case 'binary':
      return { key: WHOLE_SECRET_KEY, kind: 'binary', secret: true, bytes: document.bytes };
  }
}

/** The value of a variable that `describeWhole` made. Throws `BINARY_VALUE`. */
export const revealWhole = (document: SecretDocument): string =>
  document.shape === 'map'
    ? mapToJson(document.entries)
    : revealVariable(document, WHOLE_SECRET_KEY);

/** The value of one variable as text; nested values as their JSON. */
export function revealVariable(document: SecretDocument, key: string): string {
  switch (document.shape) {
    case 'map': {
      const entry = document.entries.get(key);
      if (entry === undefined) throw new AppError('NO_SUCH_VARIABLE');
      return entry.value.reveal();
    }
    case 'text':
      if (key !== WHOLE_SECRET_KEY) throw new AppError('NO_SUCH_VARIABLE');
      return document.text.reveal();
    case 'binary':
      throw new AppError('BINARY_VALUE');
  }
}

/** All values as text, in order. Throws `BINARY_VALUE`. */
export function revealAll(document: SecretDocument): { key: string; value: string }[] {
  switch (document.shape) {
    case 'map':
      return [...document.entries].map(([key, { value }]) => ({ key, value: value.reveal() }));
    case 'text':
      return [{ key: WHOLE_SECRET_KEY, value: document.text.reveal() }];
    case 'binary':
      throw new AppError('BINARY_VALUE');
  }
}
