/** Values that leave the core: revealed, copied, compared or exported. Each is logged, without the value. */
import { AppError } from '@shared/errors';
import { formatDotenv, isDotenvKey } from '@shared/model/dotenv';
import { fileNamePart } from '@shared/model/file-name';
import type { CopyLine, ExportFormat } from '@shared/model/open-environment';
import { WHOLE_SECRET_KEY } from '@shared/model/variable';
import type { ActivityLog, NewActivity } from '@core/activity/activity-log';
import { entriesOf, entriesOrText, type SecretDocument } from '@core/secrets/document';
import type { Secret } from '@core/secrets/secret';
import type { HeldValues } from '@core/secrets/session-secrets';
import type { EnvironmentRow } from '@core/storage/environments';
import { subjectOf, type EnvironmentState } from './environment-state';
import { exportDocument, exportFileName, type Exported } from './export-document';
import { revealAll, revealVariable, revealWhole } from './variables';

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

  /** All values as text, for editing them as text. Throws as `reveal` does. */
  async revealAll(id: string): Promise<{ key: string; value: string }[]> {
    const row = this.parts.state.row(id);
    const { document } = await this.parts.state.heldOrThrow(row);
    const values = revealAll(document);
    this.#log(row, { action: 'revealed', detail: 'all variables' });
    return values;
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
   * Several variables as lines of a `.env` file, for the clipboard. `leftOut` counts those that such a file
   * cannot hold. Throws `INVALID_INPUT` if it can hold none of them, and as `reveal` does.
   */
  async copyLines(
    id: string,
    lines: readonly CopyLine[],
  ): Promise<{ text: string; leftOut: number }> {
    const row = this.parts.state.row(id);
    const { document } = await this.parts.state.heldOrThrow(row);
    const written = lines
      .map(({ key, as = key, value }) => ({
        key: as,
        value: value ?? revealVariable(document, key),
      }))
      .filter(({ key, value }) => isDotenvKey(key) && !value.includes('\0'));
    if (written.length === 0) {
      throw new AppError('INVALID_INPUT', {
        message: 'None of these variables can be written as a line of a .env file.',
        hint: 'Copy their values one by one.',
      });
    }
    this.#log(row, { action: 'copied', detail: namesOf(written) });
    return { text: formatDotenv(written), leftOut: lines.length - written.length };
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

const NAMED = 5;

/** The first few names, and how many more there are. */
function namesOf(variables: readonly { readonly key: string }[]): string {
  const names = variables.slice(0, NAMED).map(({ key }) => key);
  const more = variables.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${String(more)} more`;
}
