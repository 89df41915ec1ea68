/** What the window gets to see of a document: keys, kinds and shapes, and no secret value. */
import { isJsonObject, parseJson } from '@shared/model/json';
import { WHOLE_SECRET_KEY, type Variable } from '@shared/model/variable';
import { AppError } from '@shared/errors';
import type { SecretDocument, SecretEntry } from '../secrets/document';

function describeText(text: string): Pick<Variable, 'lines' | 'empty'> {
  const lines = text.split(/\r\n|\r|\n/).length;
  return { ...(lines > 1 && { lines }), ...(text === '' && { empty: true }) };
}

function describeNested(json: string): Pick<Variable, 'entries' | 'nested'> {
  const value = parseJson(json);
  if (isJsonObject(value)) return { nested: 'object', entries: value.size };
  return { nested: 'list', entries: Array.isArray(value) ? value.length : 0 };
}

function describeEntry(key: string, { kind, value }: SecretEntry): Variable {
  switch (kind) {
    case 'text':
      return { key, kind, secret: true, ...describeText(value.reveal()) };
    case 'nested':
      return { key, kind, secret: true, ...describeNested(value.reveal()) };
    case 'number':
    case 'boolean':
    case 'null':
      return { key, kind, secret: false, literal: value.reveal() };
  }
}

export function describeVariables(document: SecretDocument): Variable[] {
  switch (document.shape) {
    case 'map':
      return [...document.entries].map(([key, entry]) => describeEntry(key, entry));
    case 'text':
      return [
        {
          key: WHOLE_SECRET_KEY,
          kind: 'text',
          secret: true,
          ...describeText(document.text.reveal()),
        },
      ];
    case 'binary':
      return [{ key: WHOLE_SECRET_KEY, kind: 'binary', secret: true, bytes: document.bytes }];
  }
}

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
