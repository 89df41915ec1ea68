/** A vault at a provider: one secret of it that is an object, or a folder of secrets. */
import { AppError, isAbsent, isAppError, isOvertaken } from '@shared/errors';
import { isFolder } from '@shared/model/layout';
import type { SecretsProvider } from '@core/providers/provider';
import type { Runtime } from '@core/runtime';
import { entriesOf, type SecretDocument, type SecretEntry } from '@core/secrets/document';
import type { Revision } from '@core/secrets/revision';
import type { Change, Changed, Contents, VaultStore } from './store';

/** How often others may come in between before a change is given up. */
const TRIES = 10;

/** Milliseconds of the longest wait before the second try. It doubles with each try, up to `WAIT_MAX`. */
const WAIT = 50;
const WAIT_MAX = 2000;

type Entries = ReadonlyMap<string, SecretEntry>;

interface Found {
  readonly entries: Entries;
  /** `null` if there is nothing. */
  readonly revision: Revision | null;
}

const contentsOf = (entries: Entries): Contents =>
  new Map([...entries].map(([name, { value }]) => [name, value]));

export interface ProviderStoreOptions {
  readonly runtime: Pick<Runtime, 'wait' | 'random'>;
  /** Runs before each write. */
  readonly prepare?: (() => Promise<void>) | undefined;
}

export class ProviderStore implements VaultStore {
  constructor(
    private readonly provider: SecretsProvider,
    private readonly path: string,
    private readonly options: ProviderStoreOptions,
  ) {}

  async read(signal: AbortSignal): Promise<Contents> {
    return contentsOf((await this.#find(signal)).entries);
  }

  /**
   * Throws `CONFLICT` if others change the vault again and again, and what the provider throws. The last writer
   * of a name wins.
   */
  async change(change: Change, signal: AbortSignal): Promise<Changed> {
    for (let attempt = 1; ; attempt += 1) {
      const found = await this.#find(signal);
      try {
        return await this.#apply(change, found, signal);
      } catch (error) {
        if (!isAppError(error) || !isOvertaken(error.code)) throw error;
        if (attempt === TRIES) throw this.#givenUp(change, error);
        await this.#waitAfter(attempt, signal);
      }
    }
  }

  async #apply({ name, value }: Change, found: Found, signal: AbortSignal): Promise<Changed> {
    const before = found.entries.get(name);
    const existed = before !== undefined;
    const isSame =
      value === undefined ? !existed : before?.kind === 'text' && before.value.equals(value);
    if (isSame) return { contents: contentsOf(found.entries), existed };
    const entries = new Map(found.entries);
    if (value === undefined) entries.delete(name);
    else entries.set(name, { kind: 'text', value });
    // A folder exists only as the start of the names in it.
    if (entries.size === 0 && isFolder(this.path) && found.revision !== null) {
      await this.provider.remove(this.path, found.revision, { signal });
      return { contents: new Map(), existed };
    }
    await this.options.prepare?.();
    const document: SecretDocument = { shape: 'map', entries };
    const problem = this.provider.validate(this.path, document);
    if (problem !== undefined) throw problem;
    const written = await this.provider.write(this.path, document, found.revision, { signal });
    return { contents: contentsOf(entriesOf(written.document ?? document)), existed };
  }

  async #find(signal: AbortSignal): Promise<Found> {
    try {
      const { document, revision } = await this.provider.read(this.path, { signal });
      if (document.shape === 'map') return { entries: document.entries, revision };
    } catch (error) {
      if (isAppError(error) && isAbsent(error.code)) return { entries: new Map(), revision: null };
      throw error;
    }
    throw new AppError('INVALID_INPUT', {
      message: `${this.path} holds a single value, not secrets by name.`,
      likelyCause: 'Another program keeps something else under the id of this vault.',
      hint: 'Choose another id, or set a prefix.',
      details: { path: this.path },
    });
  }

  async #waitAfter(attempt: number, signal: AbortSignal): Promise<void> {
    const most = Math.min(WAIT * 2 ** (attempt - 1), WAIT_MAX);
    try {
      const { runtime } = this.options;
      await runtime.wait(runtime.random() * most, signal);
    } catch (cause) {
      throw new AppError('CANCELLED', { cause });
    }
  }

  #givenUp({ name }: Change, { code, details }: AppError): AppError {
    return new AppError(code, {
      message: `Others kept changing the vault while ${name} was written: ${String(TRIES)} attempts found another version.`,
      likelyCause:
        'Many programs write to this vault at the same time, or another vault has a secret of the same name at the provider: app with secrets-KEY, and app-secrets with KEY.',
      hint: 'Try again. If it keeps happening, choose another name, or use a separate vault for each program.',
      details,
    });
  }
}
