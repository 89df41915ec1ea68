/** Calls of Vault's API with a token. */
import type { Secret } from '@core/secrets/secret';
import type { VaultAnswer } from './answer';
import type { Runtime } from '@core/runtime';
import { loginRefused, type Authentication } from './authentication';
import type { VaultClient, VaultRequest } from './client';

/** Fresh tokens in a row that were refused at once, before no further login is made. */
const MOST_IN_VAIN = 3;

export class VaultApi {
  /** The fresh tokens that were refused since the last call that came through. */
  readonly #inVain = new Set<Secret>();

  constructor(
    private readonly client: VaultClient,
    private readonly authentication: Authentication,
  ) {}

  get runtime(): Runtime {
    return this.client.runtime;
  }

  /**
   * Resolves with an answer of any status. A 403 that it returns is a matter of policy: if the token is bad,
   * it logs in again, or throws `TOKEN_INVALID` or what a refused login is; the latter also if one login after the
   * other brings a token that is refused.
   */
  async call(request: VaultRequest, signal: AbortSignal): Promise<VaultAnswer> {
    const token = await this.authentication.token(signal);
    const sentAt = this.client.runtime.monotonic();
    const answer = await this.client.send({ ...request, token }, signal);
    if (answer.status !== 403) {
      this.#inVain.clear();
      return answer;
    }
    const fresh = await this.authentication.afterForbidden(token, sentAt, signal);
    if (fresh === undefined) return answer;
    const again = await this.client.send({ ...request, token: fresh }, signal);
    if (again.status === 403) this.#wasInVain(fresh);
    else this.#inVain.clear();
    return again;
  }

  #wasInVain(fresh: Secret): void {
    this.#inVain.add(fresh);
    if (this.#inVain.size < MOST_IN_VAIN) return;
    this.#inVain.clear();
    const { method } = this.authentication;
    throw loginRefused(method, {
      message: `The ${method} login works, and Vault refuses each token that it gives out.`,
      likelyCause: 'The role limits its tokens to very few uses, or to a very short time.',
      hint: 'Ask your Vault administrator to set token_num_uses of the role to 0, which is without limit, and token_ttl to some minutes at least.',
    });
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
