import { AppError, isAppError, type AppErrorOptions, type ErrorCode } from '@shared/errors';
import { z } from 'zod';
import { speaksTls } from '../../check/speaks-tls';
import { passed, warned, type Step, type StepResult } from '../../check/steps';
import type { VaultAnswer } from '../client';
import { encodePath } from '../paths';
import type { CheckContext } from './context';

const healthSchema = z.object({
  version: z.string().optional(),
  enterprise: z.boolean().optional(),
  cluster_name: z.string().optional(),
});

interface Fault extends Pick<AppErrorOptions, 'message' | 'hint'> {
  readonly code: ErrorCode;
}

/** See https://developer.hashicorp.com/vault/api-docs/system/health */
const faults: Readonly<Record<number, Fault>> = {
  472: {
    code: 'SERVER_STANDBY',
    message:
      'This Vault cluster is a disaster recovery secondary, which serves nobody until it takes over.',
    hint: 'Use the address of the primary cluster.',
  },
  501: { code: 'SERVER_NOT_INITIALIZED' },
  503: { code: 'SERVER_SEALED' },
};

/** Statuses of a server that serves, the last two by way of the active node. */
const serving: Readonly<Record<number, string>> = {
  200: 'active, unsealed',
  429: 'standby, unsealed: it passes requests on to the active node',
  473: 'performance standby, unsealed: it reads by itself and passes writes on to the active node',
};

function describe(answer: VaultAnswer, state: string): StepResult {
  const { version, enterprise, cluster_name: cluster } = answer.parse(healthSchema);
  const name = [
    'Vault',
    ...(version === undefined ? [] : [version]),
    ...(enterprise === true ? ['Enterprise'] : []),
  ].join(' ');
  return passed(`${name}, ${state}${cluster === undefined ? '' : `. Cluster: ${cluster}`}`);
}

/** To http at a port for https, Go's servers answer 400 in plain text; others close the connection. */
const mayWantTls = (error: unknown): boolean =>
  isAppError(error, 'CONNECTION_RESET') || isAppError(error, 'UNEXPECTED_ANSWER');

async function ask(
  { client, values, deadlineMs }: CheckContext,
  signal: AbortSignal,
): Promise<VaultAnswer> {
  const url = new URL(values.url);
  const assertHttp = async (): Promise<void> => {
    if (url.protocol !== 'http:' || !(await speaksTls(url, deadlineMs, signal))) return;
    throw new AppError('TLS_FAILED', {
      message: 'This server speaks https, and the address says http.',
      hint: 'Start Vault URL with https://.',
      details: { field: 'url' },
    });
  };
  try {
    const answer = await client.send({ method: 'GET', path: encodePath('sys/health') }, signal);
    if (answer.status === 400) await assertHttp();
    return answer;
  } catch (error) {
    if (mayWantTls(error)) await assertHttp();
    throw error;
  }
}

/** Asks `sys/health`, which wants no token and takes no namespace: inside one it answers 404. */
export const healthStep = (context: CheckContext): Step => ({
  id: 'health',
  label: 'Health',
  run: async (signal) => {
    const answer = await ask(context, signal);
    const fault = faults[answer.status];
    if (fault !== undefined) {
      const { code, ...texts } = fault;
      throw new AppError(code, { ...texts, details: answer.details });
    }
    const state = serving[answer.status];
    return state === undefined
      ? warned('Vault answers, but its health may not be asked here')
      : describe(answer, state);
  },
});
