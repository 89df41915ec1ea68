/**
 * The values in which references are followed without asking a provider: those in memory, with the unsaved
 * edits of a window on top.
 */
import type { ChangeSet } from '@shared/model/change-set';
import { namesIn, type Surroundings, type VariableName } from '@shared/model/stored-reference';
import type { Draft } from '@shared/model/transfer';
import type { EnvironmentState } from '@core/environments/environment-state';
import { entriesOrText, type SecretDocument } from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import type { EnvironmentRow } from '@core/storage/environments';

export interface SeenValues {
  readonly values: ReadonlyMap<string, Secret>;
  /** Keys that unsaved edits rename, with the new key: references follow when that is saved. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Keys of values that are typed, and not saved. */
  readonly typed: ReadonlySet<string>;
}

const NOTHING_TYPED = { renamed: new Map<string, string>(), typed: new Set<string>() };

export class ValuesInSight {
  readonly rows: readonly EnvironmentRow[];
  readonly #seen = new Map<string, Promise<SeenValues | undefined>>();

  constructor(
    private readonly state: EnvironmentState,
    workspaceId: string,
    private readonly drafts: readonly Pick<Draft, 'id' | 'changes'>[] = [],
  ) {
    this.rows = state.rows(workspaceId);
  }

  /** By its name, else by its id. */
  find(name: string): EnvironmentRow | undefined {
    return this.rows.find((row) => row.name === name) ?? this.rows.find(({ id }) => id === name);
  }

  around(row: EnvironmentRow): Surroundings {
    return {
      vault: row.name,
      expands: row.expands === true,
      isEnvironment: (name) => this.find(name) !== undefined,
    };
  }

  /** `undefined` while the values of a synced environment are not in memory. */
  of(row: EnvironmentRow): Promise<SeenValues | undefined> {
    let seen = this.#seen.get(row.id);
    if (seen === undefined) {
      seen = this.#see(row);
      this.#seen.set(row.id, seen);
    }
    return seen;
  }

  /** Puts a document in the place of what an environment holds. */
  put(row: EnvironmentRow, document: SecretDocument): void {
    this.#seen.set(row.id, Promise.resolve({ values: valuesOf(document), ...NOTHING_TYPED }));
  }

  /** Puts a text in the place of one value. */
  async putText(row: EnvironmentRow, key: string, text: string): Promise<void> {
    const seen = (await this.of(row)) ?? { values: new Map<string, Secret>(), ...NOTHING_TYPED };
    const values = new Map(seen.values).set(key, new Secret(text));
    this.#seen.set(row.id, Promise.resolve({ ...seen, values }));
  }

  /** The variables that the value of a variable names; none if the value is not in sight. */
  async namedBy(row: EnvironmentRow, key: string): Promise<VariableName[]> {
    const seen = await this.of(row);
    const value = seen?.values.get(seen.renamed.get(key) ?? key);
    return value === undefined ? [] : namesIn(value.reveal(), this.around(row));
  }

  async #see(row: EnvironmentRow): Promise<SeenValues | undefined> {
    const held = await this.state.held(row);
    if (held === undefined) return undefined;
    const values = valuesOf(held.document);
    const draft = this.drafts.find(({ id }) => id === row.id);
    return draft === undefined ? { values, ...NOTHING_TYPED } : withEdits(values, draft.changes);
  }
}

const valuesOf = (document: SecretDocument): ReadonlyMap<string, Secret> =>
  new Map([...entriesOrText(document)].map(([key, { value }]) => [key, value]));

/** Edits that do not fit are left out: saving reports them. */
function withEdits(
  before: ReadonlyMap<string, Secret>,
  { edits, additions }: ChangeSet,
): SeenValues {
  const byKey = new Map(edits.map((edit) => [edit.key, edit]));
  const values = new Map<string, Secret>();
  const renamed = new Map<string, string>();
  const typed = new Set<string>();
  for (const [key, value] of before) {
    const { remove, rename = key, value: text } = byKey.get(key) ?? {};
    if (remove === true) continue;
    values.set(rename, text === undefined ? value : new Secret(text));
    if (rename !== key) renamed.set(key, rename);
    if (text !== undefined) typed.add(rename);
  }
  for (const { key, value } of additions) {
    values.set(key, new Secret(value));
    typed.add(key);
  }
  return { values, renamed, typed };
}
