/** Follows the references in the values of a vault to other vaults of the same place. */
import { AppError, isAppError } from '@shared/errors';
import { resolveReferences } from '@core/references/resolve';
import type { Secret } from '@core/secrets/secret';
import { isVaultId } from './limits';
import type { Contents } from './store';

/**
 * The values of these secrets, by name. `@VAULT/NAME` is a reference if there is such a vault, and a text otherwise.
 * Throws `UNKNOWN_REFERENCE` and `REFERENCE_CYCLE`, which name all secrets, and what `read` throws.
 */
export async function followIn(
  id: string,
  names: readonly string[],
  read: (id: string) => Promise<Contents>,
): Promise<ReadonlyMap<string, Secret>> {
  const contentsOf = async (vault: string): Promise<Contents> => {
    try {
      return await read(vault);
    } catch (error) {
      if (vault === id || !isAppError(error)) throw error;
      throw new AppError(error.code, {
        message: `A value of the vault ${id} refers to ${vault}, which cannot be read: ${error.message}`,
        hint: `${error.hint} If the value is a text, read it with { raw: true }.`,
        details: error.details,
        cause: error,
      });
    }
  };
  const resolved = await resolveReferences(
    names.map((key) => ({ place: key, target: { vault: id, key } })),
    {
      names: [],
      has: async (vault) => isVaultId(vault) && (await contentsOf(vault)).size > 0,
      load: async (vault) => ({
        expands: false,
        values: new Map(
          [...(await contentsOf(vault))].map(([name, value]) => [name, { value, secret: true }]),
        ),
      }),
    },
  );
  return new Map(resolved.flatMap(({ value }, index) => [[names[index] ?? '', value] as const]));
}
