/** Step “Region and endpoint”: where the calls will go. */
import { AppError } from '@shared/errors';
import type { Connection } from '../connection';
import type { StepResult } from './steps';

const isLoopback = (hostname: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i.test(hostname);

export async function resolveEndpoint(connection: Connection): Promise<StepResult> {
  const url = await connection.endpoint();
  const detail = `${url.host}, region ${connection.settings.values.region}`;
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return { detail };
  return {
    detail,
    warning: new AppError('INVALID_CONFIGURATION', {
      message: 'Values travel unencrypted: the address says http.',
      hint: 'Use https:// unless you trust everything between this computer and the server.',
      details: { field: 'endpoint' },
    }),
  };
}
