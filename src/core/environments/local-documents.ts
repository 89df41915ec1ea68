/** Values of environments that are not synced: encrypted in the local database, or in memory in a session. */
import { AppError } from '@shared/errors';
import type { SealedDocuments, LocalDocumentAddress } from '@core/storage/local-documents';
import type { KeyHolder } from '@core/keys/key-store';
import { SealedStore } from '@core/keys/sealed-store';
import {
  documentFromText,
  documentToText,
  mapDocument,
  type SecretDocument,
} from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';

export const EMPTY_DOCUMENT: SecretDocument = mapDocument([]);

export class LocalDocuments {
  readonly #store: SealedStore<LocalDocumentAddress>;

  constructor(table: SealedDocuments, keys: KeyHolder) {
    this.#store = new SealedStore(table, keys, {
      scopeOf: ({ environmentId }) => JSON.stringify(['document', environmentId]),
      inSession: {
        refuse: () =>
          new AppError('INVALID_INPUT', {
            message:
              'There are environments on this computer whose values would be lost on quitting.',
            hint: 'Choose a passphrase, or sync or delete those environments first.',
          }),
      },
    });
  }

  /** Empty if nothing was ever saved. Throws what `KeyHolder.key` throws. */
  async get(environmentId: string): Promise<SecretDocument> {
    const text = await this.#store.get({ environmentId });
    return text === undefined ? EMPTY_DOCUMENT : documentFromText(text.reveal());
  }

  /** Whether `get`, called in the same turn, asks nobody for the key. */
  isAtHand(environmentId: string): boolean {
    return this.#store.isAtHand({ environmentId });
  }

  /** `alongside` runs in the same transaction. */
  async put(
    environmentId: string,
    document: Exclude<SecretDocument, { readonly shape: 'binary' }>,
    alongside?: () => void,
  ): Promise<void> {
    const value = new Secret(documentToText(document));
    await this.#store.update([{ address: { environmentId }, value }], alongside);
  }

  async remove(environmentId: string, alongside?: () => void): Promise<void> {
    await this.removeMany([environmentId], alongside);
  }

  /** Needs no key: the change is made when the call returns. */
  async removeMany(environmentIds: readonly string[], alongside?: () => void): Promise<void> {
    await this.#store.update(
      environmentIds.map((environmentId) => ({ address: { environmentId }, value: null })),
      alongside,
    );
  }
}
