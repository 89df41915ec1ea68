/** Step “Region and endpoint”: where the calls will go. */
import { passed, type StepResult } from '../../check/steps';
import type { Connection } from '../connection';

export async function resolveEndpoint(connection: Connection): Promise<StepResult> {
  const { host } = await connection.endpoint();
  return passed(`${host}, region ${connection.settings.values.region}`);
}
