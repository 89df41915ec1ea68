/**
 * What a standby is good for. It may pass requests on to the active node, redirect to it, or answer reads by
 * itself, and its health says nothing about that. `sys/leader` names the active node and wants no token.
 */
import { AppError, isAppError } from '@shared/errors';
import { z } from 'zod';
import { reachPort } from '@core/network/reach';
import type { VaultAnswer } from '../answer';
import { encodePath } from '../paths';
import { ifVaultAnswers } from '../shared';
import type { CheckContext } from './context';

/** See https://developer.hashicorp.com/vault/api-docs/system/leader */
const leaderSchema = z.object({ ha_enabled: z.boolean(), leader_address: z.string().optional() });

/** Answers that say where a request got to. None of them is a reason to ask again. */
const tellingStatuses = [400, 403, 404, 500, 502, 503];

/** What the active node is: its address, none at the moment, or not told. */
type Leader = { readonly address: URL } | 'none' | 'unknown';

async function askLeader({ client }: CheckContext, signal: AbortSignal): Promise<Leader> {
  const request = { method: 'GET', path: encodePath('sys/leader'), tellingStatuses } as const;
  const answer = await ifVaultAnswers(client.send(request, signal));
  if (answer?.isSuccess !== true) return 'unknown';
  const { ha_enabled: isCluster, leader_address: address = '' } = answer.parse(leaderSchema);
  if (!isCluster) return 'unknown';
  if (!URL.canParse(address)) return 'none';
  return { address: new URL(address) };
}

/**
 * Sends a request that a standby has to pass on unless it answers reads by itself. It wants no token, and
 * without one its answer holds nothing.
 */
async function tryForwarding(
  { client }: CheckContext,
  signal: AbortSignal,
): Promise<'answered' | 'redirected' | 'refused'> {
  const path = encodePath('sys/internal/ui/mounts');
  try {
    const answer: VaultAnswer | undefined = await ifVaultAnswers(
      client.send({ method: 'GET', path, tellingStatuses }, signal),
    );
    return answer !== undefined && answer.status >= 500 ? 'refused' : 'answered';
  } catch (error) {
    if (isAppError(error, 'REDIRECTED')) return 'redirected';
    throw error;
  }
}

async function isInReach(
  { network }: CheckContext,
  address: URL,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await reachPort(network, address, signal);
    return true;
  } catch (error) {
    if (isAppError(error, 'CANCELLED')) throw error;
    return false;
  }
}

const noLeader = (): AppError =>
  new AppError('SERVER_STANDBY', {
    message: 'This Vault node is a standby, and no node of its cluster is active.',
    likelyCause: 'The cluster is electing an active node, or too few of its nodes are running.',
    hint: 'Test again in a moment. If this does not change, ask your Vault administrator.',
  });

/** `does` says what the standby does with a request instead of passing it on. */
function leaderNeeded(does: string, leader: URL, isReachable: boolean, current: URL): AppError {
  const { origin } = leader;
  if (!isReachable) {
    return new AppError('SERVER_STANDBY', {
      message: `This Vault node is a standby that ${does}. The active node, ${origin}, is out of reach from here.`,
      likelyCause: 'The active node has stopped, or its address is known only inside the cluster.',
      hint: 'Enter the address of a load balancer in front of the cluster, or ask your Vault administrator to start the active node.',
      details: { field: 'url' },
    });
  }
  // A server that is reached over TLS must not talk anybody out of it.
  const isDowngrade = current.protocol === 'https:' && leader.protocol !== 'https:';
  return new AppError('SERVER_STANDBY', {
    message: `This Vault node is a standby that ${does}. The active node is ${origin}.`,
    likelyCause: 'The address leads to one node of a cluster, and another one has become active.',
    hint: `Enter ${origin}, or the address of a load balancer in front of the cluster.`,
    details: { field: 'url', ...(!isDowngrade && { suggestion: origin }) },
  });
}

/**
 * Makes sure that requests to a standby get to the active node, as far as that can be tried without a token.
 * `mayRead` says that the standby may answer reads by itself, so that an answer is no proof. Returns what was
 * found, in a few words; `undefined` if the server does not say which node is active. Throws `SERVER_STANDBY`.
 */
export async function checkStandby(
  context: CheckContext,
  mayRead: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  const leader = await askLeader(context, signal);
  if (leader === 'none') throw noLeader();
  const outcome = await tryForwarding(context, signal);
  if (outcome === 'answered' && !mayRead) {
    const name = leader === 'unknown' ? 'the active node' : leader.address.origin;
    return `it passed a request on to ${name}`;
  }
  if (leader === 'unknown') {
    if (outcome === 'answered') return undefined;
    throw new AppError('SERVER_STANDBY');
  }
  const { address } = leader;
  const isReachable = await isInReach(context, address, signal);
  if (outcome === 'answered' && isReachable) return `the active node is ${address.origin}`;
  const does = {
    answered: 'answers reads, but cannot save',
    redirected: 'redirects to the active node',
    refused: 'cannot pass requests on to the active node',
  }[outcome];
  throw leaderNeeded(does, address, isReachable, new URL(context.values.url));
}
