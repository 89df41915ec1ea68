/** What Vault says about a token: `auth/token/lookup-self`. */
import { z } from 'zod';
import type { Secret } from '@core/secrets/secret';
import type { VaultAnswer } from './answer';
import type { VaultClient } from './client';
import { answerError, isLockedNamespace } from './errors';
import { encodePath } from './paths';

/** Of a valid token. `undefined` if Vault does not tell. */
export interface TokenFacts {
  /** Seconds that are left; 0 for a token that does not expire. */
  readonly ttl?: number | undefined;
  readonly renewable?: boolean | undefined;
  readonly policies: readonly string[];
  /** Requests that are left; 0 for no limit. */
  readonly usesLeft?: number | undefined;
  /** A batch token cannot be renewed or revoked. */
  readonly isBatch?: boolean | undefined;
  /** The namespace that the token belongs to, as `admin/team`; empty for the root. */
  readonly namespace?: string | undefined;
}

export type TokenVerdict =
  | { readonly state: 'valid'; readonly facts: TokenFacts }
  /** Vault knows the token, but its policies withhold lookup-self. */
  | { readonly state: 'withheld' }
  | { readonly state: 'invalid'; readonly answer: VaultAnswer };

const lookupSchema = z.object({
  data: z.object({
    ttl: z.number(),
    renewable: z.boolean().optional(),
    policies: z.array(z.string()).nullish(),
    identity_policies: z.array(z.string()).nullish(),
    num_uses: z.number().optional(),
    type: z.string().optional(),
    namespace_path: z.string().optional(),
  }),
});

function factsOf(answer: VaultAnswer): TokenFacts {
  const { data } = answer.parse(lookupSchema);
  return {
    ttl: data.ttl,
    renewable: data.renewable ?? false,
    policies: [...(data.policies ?? []), ...(data.identity_policies ?? [])],
    usesLeft: data.num_uses ?? 0,
    isBatch: data.type === 'batch',
    namespace: data.namespace_path?.replace(/\/$/, '') ?? '',
  };
}

/**
 * A policy's refusal comes as a list of one error, a bad token's as "permission denied" alone
 * (OpenBao, older Vault) or with "invalid token" in the list (newer Vault).
 */
const isPolicyRefusal = (answer: VaultAnswer): boolean =>
  answer.complaints.some((complaint) =>
    /^1 error occurred:\s*\* permission denied\s*$/.test(complaint),
  );

/**
 * Looks a token up in each of the namespaces until one knows it, since Vault Enterprise knows a token
 * only in its own namespace and below. A namespace in the path is the same as one in the header. Throws
 * if Vault can answer neither yes nor no.
 */
export async function lookUpToken(
  client: VaultClient,
  token: Secret,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<TokenVerdict> {
  let verdict: TokenVerdict | undefined;
  for (const namespace of namespaces) {
    const path = encodePath(namespace, 'auth/token/lookup-self');
    const answer = await client.send({ method: 'GET', path, token }, signal);
    if (answer.isSuccess) return { state: 'valid', facts: factsOf(answer) };
    if (isLockedNamespace(answer)) throw answerError(answer);
    if (answer.status === 403) {
      if (isPolicyRefusal(answer)) return { state: 'withheld' };
      verdict ??= { state: 'invalid', answer };
    } else if (answer.status !== 404 && answer.status !== 405) {
      throw answerError(answer);
    }
  }
  if (verdict === undefined) return { state: 'withheld' };
  return verdict;
}
