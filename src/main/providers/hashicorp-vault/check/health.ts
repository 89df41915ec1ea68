import { AppError, type ErrorCode } from '@shared/errors';
import { z } from 'zod';
import { encodePath } from '../paths';
import type { CheckContext } from './context';
import { passed, warned, type Step } from '../../check/steps';

const healthSchema = z.object({ version: z.string().optional() });

/** See https://developer.hashicorp.com/vault/api-docs/system/health */
const faults: Readonly<Record<number, ErrorCode>> = {
  472: 'SERVER_STANDBY',
  501: 'SERVER_NOT_INITIALIZED',
  503: 'SERVER_SEALED',
};

/** Asks `sys/health`, which wants no token and takes no namespace. */
export const healthStep = ({ client }: CheckContext): Step => ({
  id: 'health',
  label: 'Health',
  run: async (signal) => {
    const answer = await client.send({ method: 'GET', path: encodePath('sys/health') }, signal);
    const fault = faults[answer.status];
    if (fault !== undefined) throw new AppError(fault, { details: answer.details });
    const isReport = [200, 429, 473].includes(answer.status);
    if (!isReport) return warned('Vault answers, but its health may not be asked here');
    const { version } = answer.parse(healthSchema);
    const name = version === undefined ? 'Vault' : `Vault ${version}`;
    if (answer.status === 200) return passed(`${name}, active, unsealed`);
    return passed(`${name}, standby, unsealed: it passes requests on to the active node`);
  },
});
