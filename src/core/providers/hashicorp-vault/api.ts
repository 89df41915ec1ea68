/** Calls of Vault's API with a token. */
import type { VaultAnswer } from './answer';
import type { Runtime } from '@core/runtime';
import type { Authentication } from './authentication';
import type { VaultClient, VaultRequest } from './client';

export class VaultApi {
  constructor(
    private readonly client: VaultClient,
    private readonly authentication: Authentication,
  ) {}

  get runtime(): Runtime {
    return this.client.runtime;
  }

  /**
   * Resolves with an answer of any status. A 403 that it returns is a matter of policy: if the token is bad,
   * it logs in again, or throws `TOKEN_INVALID` or `APPROLE_REFUSED`.
   */
  async call(request: VaultRequest, signal: AbortSignal): Promise<VaultAnswer> {
    const token = await this.authentication.token(signal);
    const sentAt = this.client.runtime.monotonic();
    const answer = await this.client.send({ ...request, token }, signal);
    if (answer.status !== 403) return answer;
    const fresh = await this.authentication.afterForbidden(token, sentAt, signal);
    return fresh === undefined ? answer : this.client.send({ ...request, token: fresh }, signal);
  }

  /** The namespace that the token belongs to; empty for the root, or if Vault does not say. */
  async namespace(signal: AbortSignal): Promise<string> {
    return (await this.authentication.verify(signal))?.namespace ?? '';
  }

  /** The same for a question to which 403 is an ordinary answer: returns it as it is. */
  async probe(request: VaultRequest, signal: AbortSignal): Promise<VaultAnswer> {
    const token = await this.authentication.token(signal);
    return this.client.send({ ...request, token }, signal);
  }
}
