import type { HashicorpVaultValues } from '@shared/providers/hashicorp-vault';
import type { Network } from '@core/network/network';
import type { VaultApi } from '../api';
import type { Authentication } from '../authentication';
import type { VaultClient } from '../client';
import type { KvEngine } from '../kv';
import type { EngineAddress, KvVersion } from '../mounts';

/** What the steps work with. */
export interface CheckContext {
  readonly values: HashicorpVaultValues & EngineAddress;
  readonly client: VaultClient;
  readonly network: Network;
  readonly deadlineMs: number;
  readonly authenticate: () => Authentication;
  readonly openApi: () => VaultApi;
  /** The engine in the version that the form chooses, or that was found. */
  readonly findEngine: (signal: AbortSignal) => Promise<KvEngine>;
  /** What the server says, whatever the form chooses. */
  readonly detectVersion: (signal: AbortSignal) => Promise<KvVersion>;
}
