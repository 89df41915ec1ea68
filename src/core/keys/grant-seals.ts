/**
 * Seals over what a grant may be used for. A request goes where its grant says, with the policy that it has: both are
 * in the database, which somebody may have written without the key. A seal tells that from a change of Strongroom’s.
 */
import { AppError, isAppError } from '@shared/errors';
import type { GrantRow, Grants, GrantSealRows } from '@core/storage/grants';
import { gcmEnvelope } from './gcm-envelope';
import type {
  KeyHolder,
  KeyReplacement,
  PreparedChange,
  PreparedReplacement,
  ProtectionChange,
  SealedData,
} from './key-store';
import type { MasterKey } from './master-key';

export class GrantSeals implements SealedData {
  /** What was found genuine, by key: each request asks for the same row, until something is written. */
  readonly #genuine = new WeakMap<MasterKey, WeakSet<GrantRow>>();

  constructor(
    private readonly rows: GrantSealRows,
    private readonly grants: Grants,
    private readonly keys: KeyHolder,
  ) {
    keys.attach(this);
  }

  /**
   * Returns how to write the seal of a grant, in the transaction that writes the grant. `current` is the key at that
   * time, if it may be another. In a session nothing sealed is on the disk, and no seal is asked for. Throws as
   * `KeyHolder.key` does.
   */
  async make(row: GrantRow): Promise<(current?: MasterKey) => void> {
    const key = await this.keys.key();
    if (this.keys.isSession()) return () => undefined;
    const sealed = sealOf(key, row);
    return (current = key) => {
      this.rows.put(row.id, current === key ? sealed : sealOf(current, row));
    };
  }

  /** Throws `GRANT_CHANGED` if somebody else wrote the grant, and as `KeyHolder.key` does. */
  async assertGenuine(row: GrantRow): Promise<void> {
    const key = await this.keys.key();
    if (this.keys.isSession()) return;
    const genuine = this.#genuine.get(key) ?? new WeakSet<GrantRow>();
    if (genuine.has(row)) return;
    if (!this.#isGenuine(key, row)) {
      throw new AppError('GRANT_CHANGED', {
        message: `The grant “${row.name}” was changed outside Strongroom.`,
        details: { rule: 'state' },
      });
    }
    this.#genuine.set(key, genuine.add(row));
  }

  #isGenuine(key: MasterKey, row: GrantRow): boolean {
    try {
      gcmEnvelope.open(key, scopeOf(row), this.rows.find(row.id) ?? new Uint8Array());
      return true;
    } catch (error) {
      if (!isAppError(error, 'CREDENTIALS_UNREADABLE')) throw error;
      return false;
    }
  }

  holdsAny(): boolean {
    return this.rows.any();
  }

  prepare({ to, key }: ProtectionChange): PreparedChange {
    return {
      apply: () => {
        if (to === 'session' || key === undefined) return;
        for (const row of this.grants.all()) this.rows.put(row.id, sealOf(key, row));
      },
      finish: (done) => {
        if (done === (to === 'session')) this.rows.removeAll();
      },
    };
  }

  /** A grant that somebody else wrote is not sealed again: that would make it genuine. */
  replaceKey({ from, to }: KeyReplacement): PreparedReplacement {
    return {
      apply: () => {
        for (const row of this.grants.all()) {
          if (this.#isGenuine(from, row)) this.rows.put(row.id, sealOf(to, row));
        }
      },
      release: () => undefined,
    };
  }
}

const sealOf = (key: MasterKey, row: GrantRow): Buffer => gcmEnvelope.seal(key, scopeOf(row), '');

/** Unambiguous, and part of the file format. */
const scopeOf = ({ id, workspaceId, originalId, name, settings, references, disabled }: GrantRow) =>
  JSON.stringify([
    'grant policy',
    id,
    workspaceId,
    originalId ?? null,
    name,
    sorted(settings),
    sorted(references),
    disabled,
  ]);

/** The same value with the names of each object in order: a row is read in another order than it was made. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
