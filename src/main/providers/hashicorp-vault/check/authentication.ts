import type { TokenFacts } from '../token';
import type { CheckContext } from './context';
import { passed, warned, type Step } from '../../check/steps';

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** `58 minutes`, `32 days`: the largest unit that gives two or more, rounded down. */
export function durationText(seconds: number): string {
  const [unit, size] = units.find(([, size]) => seconds >= 2 * size) ?? ['second', 1];
  const count = Math.floor(seconds / size);
  return `${String(count)} ${unit}${count === 1 ? '' : 's'}`;
}

function factsText({ ttl, renewable, policies, usesLeft = 0 }: TokenFacts): string {
  const parts: string[] = [];
  if (ttl === 0) parts.push('never expires');
  else if (ttl !== undefined) parts.push(`good for ${durationText(ttl)}`);
  if (ttl !== 0) parts.push(renewable === true ? 'renewable' : 'not renewable');
  if (usesLeft > 0) parts.push(`${String(usesLeft)} ${usesLeft === 1 ? 'use' : 'uses'} left`);
  parts.push(policies.length > 0 ? `policies: ${policies.join(', ')}` : 'no policies');
  return parts.join(', ');
}

/** Makes sure of the token. AppRole logs in only where this session has no login of this role yet. */
export const authenticationStep = ({ authenticate }: CheckContext): Step => ({
  id: 'authentication',
  label: 'Authentication',
  run: async (signal) => {
    const authentication = authenticate();
    const facts = await authentication.verify(signal);
    return facts === undefined
      ? warned(`${authentication.method}: its policies do not let Vault tell whether it is valid`)
      : passed(`${authentication.method}, ${factsText(facts)}`);
  },
});
