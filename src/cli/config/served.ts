/** What a configuration says for `strongroom serve`, and the values of its vaults. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError, isAppError } from '@shared/errors';
import { readServed, type Served } from '@shared/model/served';
import { untilAborted } from '@core/network/until-aborted';
import type { OutsideValues } from '@core/references/outside';
import { Secret } from '@core/secrets/secret';
import type { Vault, VaultOptions } from '../../sdk/types';
import { readConfig } from './load';

const configSchema = z.object({
  grants: z.unknown().optional(),
  clients: z.unknown().optional(),
  store: z.custom<VaultOptions>((value) => typeof value === 'object' && value !== null).optional(),
});

export interface ServedConfig extends Served {
  readonly values: OutsideValues;
}

/** Throws `INVALID_INPUT` with the place of a mistake, and `VALUE_UNSET`. */
export async function loadServed(file: string): Promise<ServedConfig> {
  const { exported } = await readConfig(file);
  const { data } = configSchema.safeParse(exported);
  if (data === undefined) {
    throw new AppError('INVALID_INPUT', {
      message: `${file} has no configuration as its default export.`,
      hint: 'Write “export default defineConfig({ grants, clients })”.',
    });
  }
  const { grants, ...rest } = readServed(data);
  const withIds = grants.map((grant) => ({ ...grant, id: grant.id ?? idOf(grant.name) }));
  return { ...rest, grants: withIds, values: new VaultValues(data.store) };
}

/** The same UUID for the same name, in every instance (RFC 9562, version 8). */
function idOf(name: string): string {
  const bytes = createHash('sha256').update(`strongroom grant\n${name}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

type Values = ReadonlyMap<string, Secret>;

/** Vaults, as the library reads them. */
class VaultValues implements OutsideValues {
  readonly #held = new Map<string, Values>();
  /** Calls at the same time share one. */
  readonly #reading = new Map<string, Promise<Values>>();

  constructor(private readonly store: VaultOptions | undefined) {}

  async values(
    id: string,
    { fresh, signal }: { readonly fresh: boolean; readonly signal: AbortSignal },
  ): Promise<Values> {
    const held = fresh ? undefined : this.#held.get(id);
    return held ?? untilAborted(this.#read(id), signal);
  }

  #read(id: string): Promise<Values> {
    const started = this.#reading.get(id);
    if (started !== undefined) return started;
    const reading = this.#readNow(id).finally(() => this.#reading.delete(id));
    this.#reading.set(id, reading);
    return reading;
  }

  async #readNow(id: string): Promise<Values> {
    const { isStrongroomError, vault } = await import('../../sdk/index');
    let opened: Vault | undefined;
    try {
      // Kept here: whoever asks says how old values may be.
      opened = await vault(id, { ...this.store, cacheFor: 0 });
      const all = Object.entries(await opened.getAll());
      const values = new Map(all.map(([key, value]) => [key, new Secret(value)] as const));
      this.#held.set(id, values);
      return values;
    } catch (error) {
      if (isAppError(error) || !isStrongroomError(error)) throw error;
      const { code, message, likelyCause, hint, remedy, details } = error;
      throw new AppError(code, { message, likelyCause, hint, remedy, details, cause: error });
    } finally {
      opened?.close();
    }
  }
}
