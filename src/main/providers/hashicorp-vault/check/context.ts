import type { HashicorpVaultValues } from '@shared/providers/hashicorp-vault';
import type { VaultApi } from '../api';
import type { Authentication } from '../authentication';
import type { VaultClient } from '../client';
import type { KvEngine } from '../kv';

/** What the steps work with. */
export interface CheckContext {
  readonly values: HashicorpVaultValues;
  readonly client: VaultClient;
  readonly deadlineMs: number;
  readonly authenticate: () => Authentication;
  readonly openApi: () => VaultApi;
  readonly findEngine: (signal: AbortSignal) => Promise<KvEngine>;
}
