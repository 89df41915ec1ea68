/**
 * Response wrapping: Vault keeps an answer, and gives it out once in exchange for a wrapping token.
 * Source: https://developer.hashicorp.com/vault/docs/concepts/response-wrapping
 */
import { createHash } from 'node:crypto';
import { AppError, isAppError, type AppErrorOptions } from '@shared/errors';
import { z } from 'zod';
import { Secret } from '@core/secrets/secret';
import type { VaultAnswer } from './answer';
import { sendAlone, type VaultAccess } from './login';
import type { VaultClient, VaultRequest } from './client';
import { answerError } from './errors';
import { encodePath } from './paths';
import { ifVaultAnswers } from './shared';

/** Where a wrapped Secret ID is unwrapped, and of which AppRole mount it has to be. */
export interface WrappedSecretId extends VaultAccess {
  readonly namespace: string;
  readonly approleMount: string;
  /** The wrapping token. */
  readonly secretId: Secret;
}

const lookupSchema = z.object({ data: z.object({ creation_path: z.string() }) });
const secretIdSchema = z.object({ data: z.object({ secret_id: z.string().min(1) }) });

/** Takes the token in its body: sent as the token of the request it would be used up. */
const lookupRequest = (token: Secret, namespace: string): VaultRequest => ({
  method: 'POST',
  path: encodePath(namespace, 'sys/wrapping/lookup'),
  body: JSON.stringify({ token: token.reveal() }),
});

const creationPathOf = (answer: VaultAnswer): string =>
  answer.parse(lookupSchema).data.creation_path;

/** The AppRole mount that a wrapped Secret ID is of, whichever role's; `undefined` for anything else. */
const mountOfSecretId = (creationPath: string): string | undefined =>
  /(?:^|\/)auth\/(.+)\/role\/[^/]+\/(?:custom-)?secret-id$/.exec(creationPath)?.[1];

/** What a wrapping token holds, found out without using it up. */
export type Wrapped = 'secret-id' | 'token' | 'other';

/**
 * Asks in each namespace until one answers yes or no. `undefined` if the text is no wrapping token,
 * or Vault does not tell.
 */
export async function lookUpWrapping(
  client: VaultClient,
  token: Secret,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<Wrapped | undefined> {
  for (const namespace of namespaces) {
    const answer = await ifVaultAnswers(client.send(lookupRequest(token, namespace), signal));
    if (answer?.status === 400) return undefined;
    if (answer?.isSuccess !== true) continue;
    const path = creationPathOf(answer);
    if (mountOfSecretId(path) !== undefined) return 'secret-id';
    return /auth\/(token\/create|.+\/login)/.test(path) ? 'token' : 'other';
  }
  return undefined;
}

const refused = (
  texts: Pick<AppErrorOptions, 'message' | 'likelyCause' | 'hint'>,
  answer: VaultAnswer,
): AppError =>
  new AppError('APPROLE_REFUSED', { ...texts, details: { ...answer.details, field: 'secretId' } });

/** Throws what may have become of a wrapping token that Vault does not know. */
function assertKnown(answer: VaultAnswer): void {
  if (answer.isSuccess) return;
  if (answer.status !== 400) throw answerError(answer);
  throw refused(
    {
      message: 'Vault knows no wrapping token like the one that was entered as Secret ID.',
      likelyCause:
        'It was used already, by you or by somebody who intercepted it, or it has expired.',
      hint: 'If you did not use it yourself, tell the person who gave it to you. Otherwise ask for a new one. A Secret ID that is not wrapped goes in with “Secret ID is wrapped” off.',
    },
    answer,
  );
}

/** Throws if a wrapping token holds something else, while it has not been used up yet. */
function assertOfMount(lookup: VaultAnswer, approleMount: string): void {
  const mount = mountOfSecretId(creationPathOf(lookup));
  if (mount === approleMount) return;
  if (mount !== undefined) {
    throw new AppError('APPROLE_REFUSED', {
      message: `This Secret ID is of the AppRole mount “${mount}”, not of “${approleMount}”.`,
      likelyCause: 'The auth method is mounted at another path.',
      hint: `Enter ${mount} as AppRole mount. The wrapping token has not been used up.`,
      details: { ...lookup.details, field: 'approleMount', suggestion: mount },
    });
  }
  throw refused(
    {
      message: 'This wrapping token contains something other than a Secret ID.',
      likelyCause:
        'It is a token for another purpose, or somebody took the Secret ID and wrapped another thing in its place.',
      hint: 'It has not been used up. If you were promised a Secret ID, tell the person who gave it to you.',
    },
    lookup,
  );
}

/** It cannot be asked for again: Vault gives it out once. */
const lostAnswer = (error: AppError): AppError =>
  new AppError(error.code, {
    message: 'The wrapping token was sent to be unwrapped, and no answer came back.',
    hint: 'Try again. If Vault no longer knows the token by then, ask for a new one.',
    likelyCause: error.likelyCause,
    details: error.details,
    cause: error,
  });

async function unwrap(credentials: WrappedSecretId): Promise<Secret> {
  const { secretId: token, namespace, approleMount } = credentials;
  const lookup = await sendAlone(credentials, lookupRequest(token, namespace));
  assertKnown(lookup);
  assertOfMount(lookup, approleMount);
  const answer = await sendAlone(credentials, {
    method: 'POST',
    path: encodePath(namespace, 'sys/wrapping/unwrap'),
    token,
    body: '{}',
  }).catch((error: unknown) => {
    throw isAppError(error) ? lostAnswer(error) : error;
  });
  assertKnown(answer);
  return new Secret(answer.parse(secretIdSchema).data.secret_id);
}

/**
 * The Secret IDs that were unwrapped in this session, by a hash of where and what they came from. A
 * wrapping token works once: what Test Connection got for it is what Save stores.
 */
export class UnwrappedSecretIds {
  readonly #unwrapped = new Map<string, Promise<Secret>>();

  /**
   * The Secret ID that `credentials.secretId` wraps. Goes on when nobody waits for it any more. Throws
   * `APPROLE_REFUSED` if the token is spent, expired, or holds something else.
   */
  get(credentials: WrappedSecretId): Promise<Secret> {
    const identity = JSON.stringify([new URL(credentials.url).href, credentials.secretId.reveal()]);
    const key = createHash('sha256').update(identity).digest('base64url');
    const known = this.#unwrapped.get(key);
    if (known !== undefined) return known;
    const unwrapped = unwrap(credentials);
    this.#unwrapped.set(key, unwrapped);
    unwrapped.catch(() => {
      if (this.#unwrapped.get(key) === unwrapped) this.#unwrapped.delete(key);
    });
    return unwrapped;
  }

  forget(): void {
    this.#unwrapped.clear();
  }
}
