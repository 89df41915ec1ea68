/**
 * For tests: the app's part of keeping a credential, with the keychain of the operating system. Stores
 * the value that is given, if one is, and says what is stored, or the code of the failure.
 */
import { isAppError } from '@shared/errors';
import { SealedCredentials } from '../database/credentials';
import { openDatabase } from '../database/open';
import { Secret } from '../secrets/secret';
import { CredentialStore } from './credential-store';
import { createKeyStore } from './key-store';
import { createOsKeychain } from './os-keychain';

export async function main([dataDirectory = '', value]: readonly string[]): Promise<void> {
  const { database } = openDatabase(dataDirectory);
  const keys = createKeyStore({ dataDirectory, keychain: createOsKeychain() });
  const credentials = new CredentialStore(new SealedCredentials(database), keys);
  try {
    if (value !== undefined) {
      await credentials.set('global', 'hashicorp-vault', 'token', new Secret(value));
    }
    const stored = await credentials.get('global', 'hashicorp-vault', 'token');
    process.stdout.write(`credential: ${stored?.reveal() ?? 'none'}\n`);
  } catch (error) {
    if (!isAppError(error)) throw error;
    process.stdout.write(`credential: ${error.code}\n`);
  } finally {
    keys.close();
    database.close();
  }
}
