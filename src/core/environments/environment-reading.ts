/** Values that leave the core: revealed, copied, compared or exported. Each is logged, without the value. */
import { AppError } from '@shared/errors';
import { kindAfterEdit } from '@shared/model/variable';
import { fileNamePart } from '@shared/model/file-name';
import type { CopyFormat, CopyLine, ExportFormat } from '@shared/model/open-environment';
import { WHOLE_SECRET_KEY } from '@shared/model/variable';
import type { ActivityLog, NewActivity } from '@core/activity/activity-log';
import {
  entriesOf,
  entriesOrText,
  textEntry,
  type SecretDocument,
  type SecretEntry,
} from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import type { HeldValues } from '@core/secrets/session-secrets';
import type { EnvironmentRow } from '@core/storage/environments';
import { subjectOf, type EnvironmentState } from './environment-state';
import { copyText } from './copy-text';
import { exportDocument, exportFileName, type Exported } from './export-document';
import { namesOf } from './names-of';
import { revealAll, revealVariable, revealWhole } from './variables';

export interface CopiedLines {
  readonly id: string;
  readonly lines: readonly CopyLine[];
  readonly format: CopyFormat;
}

export interface EnvironmentReadingParts {
  readonly state: EnvironmentState;
  readonly activity: ActivityLog;
}

export class EnvironmentReading {
  constructor(private readonly parts: EnvironmentReadingParts) {}

  /** One value as text. Throws `VALUES_NOT_LOADED`, `NO_SUCH_VARIABLE`, `BINARY_VALUE`. */
  async reveal(id: string, key: string): Promise<string> {
    return this.#takeOut(id, key, 'revealed');
  }

  /** One value as text, for the clipboard. Throws as `reveal` does. */
  async copy(id: string, key: string): Promise<string> {
    return this.#takeOut(id, key, 'copied');
  }

  /** One value as it was at the base of edits. Throws as `reveal` does. */
  revealAt(id: string, base: string, key: string): string {
    const { state } = this.parts;
    const row = state.row(id);
    return this.#revealIn(row, state.at(row, base).document, key, key);
  }

  /** One value of a version. Throws as `reveal` does. */
  revealOf(row: EnvironmentRow, { document, version }: HeldValues, key: string): string {
    return this.#revealIn(row, document, key, version === undefined ? key : `${key}, ${version}`);
  }

  /** These values as text, or all of them. Throws as `reveal` does. */
  async revealAll(id: string, keys?: readonly string[]): Promise<{ key: string; value: string }[]> {
    const row = this.parts.state.row(id);
    const { document } = await this.parts.state.heldOrThrow(row);
    const all = revealAll(document);
    if (keys === undefined) {
      this.#log(row, { action: 'revealed', detail: 'all variables' });
      return all;
    }
    const wanted = new Set(keys);
    const values = all.filter(({ key }) => wanted.has(key));
    this.#log(row, { action: 'revealed', detail: namesOf(values) });
    return values;
  }

  /** Logs that a value of a version was given for an unsaved edit. */
  recordCopied(row: EnvironmentRow, key: string, { version }: HeldValues): void {
    this.#log(row, {
      action: 'copied',
      detail: version === undefined ? key : `${key}, ${version}`,
    });
  }

  /**
   * All values, for the references between them. Those that leave the core have to be logged with
   * `recordGiven`. Throws `VALUES_NOT_LOADED`.
   */
  async values(id: string): Promise<ReadonlyMap<string, Secret>> {
    const { state } = this.parts;
    const { document } = await state.heldOrThrow(state.row(id));
    return new Map([...entriesOrText(document)].map(([key, { value }]) => [key, value]));
  }

  /** Logs that these values were given to a program, or resolved for the window. */
  recordGiven(
    id: string,
    keys: readonly string[],
    action: 'revealed' | 'copied' = 'revealed',
  ): void {
    const variables = keys.map((key) => ({ key }));
    this.#log(this.parts.state.row(id), { action, detail: namesOf(variables) });
  }

  /**
   * Several variables as text, for the clipboard. `followed` holds the values of variables that refer to others.
   * `leftOut` counts those that the form cannot hold. Throws `INVALID_INPUT` if it can hold none of them, and as
   * `reveal` does.
   */
  async copyLines(
    { id, lines, format }: CopiedLines,
    followed: ReadonlyMap<string, Secret> = new Map(),
  ): Promise<{ text: string; leftOut: number }> {
    const row = this.parts.state.row(id);
    const { document } = await this.parts.state.heldOrThrow(row);
    const held = entriesOrText(document);
    const entries = lines.map(({ key, as = key, value }) => {
      const entry = held.get(key);
      if (value !== undefined) return { key: as, entry: typedEntry(entry, value) };
      const kind = entry?.kind ?? 'text';
      const own = followed.get(key) ?? new Secret(revealVariable(document, key));
      return { key: as, entry: { kind, value: own } };
    });
    const { text, written, leftOut } = copyText(format, entries);
    if (written.length === 0) {
      throw new AppError('INVALID_INPUT', {
        message: 'None of these variables can be written in this form.',
        hint: 'Copy their values one by one.',
      });
    }
    this.#log(row, { action: 'copied', detail: namesOf(written) });
    return { text, leftOut };
  }

  /** Compares values from elsewhere with the values that are here; gives none of these away. */
  async compareValues(
    id: string,
    entries: readonly { readonly key: string; readonly value: string }[],
  ): Promise<{ key: string; state: 'new' | 'same' | 'different' }[]> {
    const { state } = this.parts;
    const { document } = await state.heldOrThrow(state.row(id));
    const here = entriesOf(document);
    return entries.map(({ key, value }) => {
      const entry = here.get(key);
      if (entry === undefined) return { key, state: 'new' };
      return { key, state: entry.value.reveal() === value ? 'same' : 'different' };
    });
  }

  /**
   * What is not disabled, in one of the formats. `followed` holds the values of variables that refer to others.
   * Throws `VALUES_NOT_LOADED` and what `exportDocument` does.
   */
  async export(
    id: string,
    format: ExportFormat,
    followed: ReadonlyMap<string, Secret> = new Map(),
  ): Promise<Exported & { fileName: string }> {
    const { state } = this.parts;
    const row = state.row(id);
    const { document } = await state.heldOrThrow(row);
    const exported = exportDocument(withValues(document, followed), state.marks(row), format);
    this.#log(row, { action: 'exported', detail: format });
    return { ...exported, fileName: exportFileName(fileNamePart(row.name), format) };
  }

  async #takeOut(id: string, key: string, action: 'revealed' | 'copied'): Promise<string> {
    const row = this.parts.state.row(id);
    const { document } = await this.parts.state.heldOrThrow(row);
    const value = revealVariable(document, key);
    this.#log(row, { action, detail: key });
    return value;
  }

  #revealIn(row: EnvironmentRow, document: SecretDocument, key: string, detail: string): string {
    const isWhole = key === WHOLE_SECRET_KEY && document.shape === 'map';
    const value =
      isWhole && !document.entries.has(key) ? revealWhole(document) : revealVariable(document, key);
    this.#log(row, { action: 'revealed', detail });
    return value;
  }

  #log(row: EnvironmentRow, entry: Pick<NewActivity, 'action' | 'detail'>): void {
    this.parts.activity.record({ ...subjectOf(row), ...entry });
  }
}

const typedEntry = (before: SecretEntry | undefined, text: string): SecretEntry =>
  before === undefined
    ? textEntry(text)
    : { kind: kindAfterEdit(before.kind, text), value: new Secret(text) };

function withValues(
  document: SecretDocument,
  followed: ReadonlyMap<string, Secret>,
): SecretDocument {
  switch (document.shape) {
    case 'map':
      return {
        ...document,
        entries: new Map(
          [...document.entries].map(([key, { kind, value }]) => [
            key,
            { kind, value: followed.get(key) ?? value },
          ]),
        ),
      };
    case 'text':
      return { ...document, text: followed.get(WHOLE_SECRET_KEY) ?? document.text };
    case 'binary':
      return document;
  }
}
