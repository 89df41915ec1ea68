import { AppError, isAppError, type AppErrorOptions, type ErrorCode } from '@shared/errors';
import { z } from 'zod';
import { httpsExpected } from '@core/network/https-expected';
import type { VaultAnswer } from '../answer';
import { speaksTls } from '../../check/speaks-tls';
import { passed, warned, type Step, type StepResult } from '../../check/steps';
import { assertBelowPath } from '../base-path';
import { answerError } from '../errors';
import { healthRequest } from '../health-request';
import { checkStandby } from './standby';
import type { CheckContext } from './context';

const healthSchema = z.object({
  initialized: z.boolean(),
  version: z.string().optional(),
  enterprise: z.boolean().optional(),
  cluster_name: z.string().optional(),
});

interface Fault extends Pick<AppErrorOptions, 'message' | 'likelyCause' | 'hint'> {
  readonly code: ErrorCode;
}

/** See https://developer.hashicorp.com/vault/api-docs/system/health */
const faults: Readonly<Record<number, Fault>> = {
  472: {
    code: 'SERVER_STANDBY',
    message:
      'This Vault cluster is a disaster recovery secondary, which does not serve clients until it takes over.',
    likelyCause: 'The address leads to the cluster that is kept for disasters.',
    hint: 'Use the address of the primary cluster.',
  },
  501: { code: 'SERVER_NOT_INITIALIZED' },
  503: { code: 'SERVER_SEALED' },
};

/** Statuses of a server that serves, the last two by way of the active node. */
const serving: Readonly<Record<number, string>> = {
  200: 'active, unsealed',
  429: 'standby, unsealed',
  473: 'performance standby, unsealed',
};

async function describe(
  context: CheckContext,
  answer: VaultAnswer,
  state: string,
  signal: AbortSignal,
): Promise<StepResult> {
  // A status alone says nothing: 429 is also that of a limit, and 200 that of any other service.
  if (answer.complaints.length > 0) throw answerError(answer);
  const { version, enterprise, cluster_name: cluster } = answer.parse(healthSchema);
  const name = [
    'Vault',
    ...(version === undefined ? [] : [version]),
    ...(enterprise === true ? ['Enterprise'] : []),
  ].join(' ');
  const where = cluster === undefined ? '' : `. Cluster: ${cluster}`;
  if (answer.status === 200) return passed(`${name}, ${state}${where}`);
  // A plain standby of Vault reads nothing by itself. Those of OpenBao, which tells no edition, may.
  const mayRead = answer.status === 473 || enterprise === undefined;
  const found = await checkStandby(context, mayRead, signal);
  return found === undefined
    ? warned(`${name}, ${state}: which node is active may not be asked here${where}`)
    : passed(`${name}, ${state}: ${found}${where}`);
}

/** Servers written in Go ask for https in words, which the client recognises. Others close the connection. */
async function ask(
  { client, values, network, deadlineMs }: CheckContext,
  signal: AbortSignal,
): Promise<VaultAnswer> {
  const url = new URL(values.url);
  try {
    return await client.send(healthRequest, signal);
  } catch (error) {
    const isPlain = url.protocol === 'http:' && isAppError(error, 'CONNECTION_RESET');
    // Through a proxy the server is not to be spoken to by another way.
    if (!isPlain || (await network.proxyFor(url)) !== undefined) throw error;
    if (!(await speaksTls(url, deadlineMs, signal))) throw error;
    throw httpsExpected(url, 'url', undefined, error);
  }
}

/** Asks `sys/health`, which wants no token and takes no namespace: inside one it answers 404. */
export const healthStep = (context: CheckContext): Step => ({
  id: 'health',
  label: 'Health',
  run: async (signal) => {
    const answer = await ask(context, signal);
    assertBelowPath(answer, context.values.url);
    const fault = faults[answer.status];
    if (fault !== undefined) {
      const { code, ...texts } = fault;
      throw new AppError(code, { ...texts, details: answer.details });
    }
    const state = serving[answer.status];
    return state === undefined
      ? warned('Vault answers, but its health may not be asked here')
      : describe(context, answer, state, signal);
  },
});
