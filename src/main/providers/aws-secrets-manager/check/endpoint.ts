/** Step “Region and endpoint”: where the calls will go. */
import type { Connection } from '../connection';
import type { StepResult } from './steps';

export async function resolveEndpoint(connection: Connection): Promise<StepResult> {
  const { host } = await connection.endpoint();
  return { detail: `${host}, region ${connection.settings.values.region}` };
}
