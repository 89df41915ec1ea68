import { AppError, isAppError } from '@shared/errors';
import type { HashicorpVaultValues } from '@shared/providers/hashicorp-vault';
import { passed, warned, type Step, type StepResult } from '../../check/steps';
import type { Authentication } from '../authentication';
import type { TokenFacts } from '../token';
import type { CheckContext } from './context';

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** Seconds and uses from which on it works and yet may be over before the work is. */
const SOON_SECONDS = 600;
const FEW_USES = 20;

/** `58 minutes`, `32 days`: the largest unit that gives two or more, rounded down. */
export function durationText(seconds: number): string {
  const [unit, size] = units.find(([, size]) => seconds >= 2 * size) ?? ['second', 1];
  const count = Math.floor(seconds / size);
  return `${String(count)} ${unit}${count === 1 ? '' : 's'}`;
}

const usesText = (uses: number): string => `${String(uses)} ${uses === 1 ? 'use' : 'uses'} left`;

const isRoot = ({ policies }: TokenFacts): boolean => policies.includes('root');

function factsText(facts: TokenFacts): string {
  const { ttl, renewable, policies, usesLeft = 0, isBatch = false, namespace = '' } = facts;
  const parts: string[] = [];
  if (isBatch) parts.push('a batch token');
  if (ttl === 0) parts.push('never expires');
  else if (ttl !== undefined) parts.push(`good for ${durationText(ttl)}`);
  if (ttl !== 0) parts.push(renewable === true ? 'renewable' : 'not renewable');
  if (usesLeft > 0) parts.push(usesText(usesLeft));
  if (namespace !== '') parts.push(`of namespace ${namespace}`);
  parts.push(policies.length > 0 ? `policies: ${policies.join(', ')}` : 'no policies');
  return parts.join(', ');
}

/** What about a token that works is worth a warning. A login is made again when its token ends. */
function warningOf(method: Authentication['method'], facts: TokenFacts): AppError | undefined {
  const { ttl = 0, renewable = false, usesLeft = 0 } = facts;
  if (usesLeft > 0 && usesLeft < FEW_USES) {
    return new AppError('CREDENTIALS_EXPIRED', {
      message: `The token may be used ${String(usesLeft)} more ${usesLeft === 1 ? 'time' : 'times'}.`,
      hint:
        method !== 'Token'
          ? 'Each request takes one use, and then a new login is made. Ask for the role’s token_num_uses to be 0, which is without limit.'
          : 'Each request takes one use. Use a token without a limit of uses.',
    });
  }
  if (ttl === 0 || ttl >= SOON_SECONDS || !['Token', 'OIDC'].includes(method)) return undefined;
  return new AppError('CREDENTIALS_EXPIRED', {
    message: `The token expires in ${durationText(ttl)}.`,
    hint: renewable
      ? 'Strongroom renews it while it is in use, up to its maximum TTL. Have a new one ready.'
      : 'It cannot be renewed: have a new one ready.',
  });
}

/** Vault counts -1 for a token whose last use was the one that asked. */
const USED_UP = -1;

function judge({ method, remark }: Authentication, facts: TokenFacts): StepResult {
  if (facts.usesLeft === USED_UP) {
    throw new AppError('TOKEN_INVALID', {
      message: 'The token was good for one more use, which this test has taken.',
      likelyCause: 'It was made with a limited number of uses.',
      hint: 'Use a token without a limit of uses: Strongroom makes many requests.',
    });
  }
  const rest = remark === undefined ? '' : `. ${remark}`;
  const detail = `${method}, ${factsText(facts)}${rest}`;
  const warning = warningOf(method, facts);
  if (warning !== undefined) return warned(detail, warning);
  if (!isRoot(facts)) return passed(detail);
  return warned(
    `${detail}. A root token may do everything: one with a policy for this engine is enough for Strongroom`,
  );
}

/** What the two fields together suggest, since the login says the same whatever is wrong. */
function namespaceHint({ enginePath, namespace }: HashicorpVaultValues): string | undefined {
  const [first = '', ...others] = enginePath.split('/');
  if (namespace === '') {
    return others.length === 0
      ? undefined
      : `If “${first}” in Engine Path is a namespace and the AppRole is in it, enter it as Namespace.`;
  }
  return namespace === enginePath || namespace.endsWith(`/${enginePath}`)
    ? `Namespace contains the engine “${enginePath}”, which belongs into Engine Path alone.`
    : undefined;
}

function withNamespaceHint(error: AppError, values: HashicorpVaultValues): AppError {
  const hint = namespaceHint(values);
  if (hint === undefined) return error;
  return new AppError(error.code, {
    message: error.message,
    likelyCause: error.likelyCause,
    hint: `${error.hint} ${hint}`,
    // Without one it is only a guess: the Secret ID is as likely.
    details: { ...error.details, ...(values.namespace !== '' && { field: 'namespace' }) },
    cause: error,
  });
}

/** Makes sure of the token. Logs in only if this session has no such login yet. */
export const authenticationStep = ({ authenticate, values }: CheckContext): Step => ({
  id: 'authentication',
  label: 'Authentication',
  run: async (signal) => {
    const authentication = authenticate();
    try {
      const facts = await authentication.verify(signal);
      return facts === undefined
        ? warned(`${authentication.method}: its policies do not let Vault tell whether it is valid`)
        : judge(authentication, facts);
    } catch (error) {
      throw isAppError(error, 'APPROLE_REFUSED') && error.details?.field === undefined
        ? withNamespaceHint(error, values)
        : error;
    }
  },
});
