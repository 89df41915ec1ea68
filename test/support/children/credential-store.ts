/**
 * For tests: stores a credential as the app does, with the keychain of the operating system. Stores the
 * value, if there is one, and prints the stored value or the code of the failure.
 */
import { isAppError } from '@shared/errors';
import { SealedCredentials } from '@core/storage/credentials';
import { openDatabase } from '@core/storage/open';
import { Secret } from '@core/secrets/secret';
import { CredentialStore } from '@core/keys/credential-store';
import { createKeyStore } from '@core/keys/key-store';
import { createOsKeychain } from '@core/keys/os-keychain';

export async function main([dataDirectory = '', value]: readonly string[]): Promise<void> {
  const { database } = openDatabase(dataDirectory);
  const keys = createKeyStore({ dataDirectory, keychain: createOsKeychain() });
  const credentials = new CredentialStore(new SealedCredentials(database), keys);
  try {
    const place = { scope: 'global', provider: 'hashicorp-vault', destination: '{}' } as const;
    if (value !== undefined) await credentials.update(place, { token: new Secret(value) });
    const stored = await credentials.get(place, 'token');
    process.stdout.write(`credential: ${stored?.reveal() ?? 'none'}\n`);
  } catch (error) {
    if (!isAppError(error)) throw error;
    process.stdout.write(`credential: ${error.code}\n`);
  } finally {
    keys.close();
    database.close();
  }
}
