/** The steps of Test Connection that all AWS services share, from the address to the identity. */
import { networkSteps } from '../../check/network';
import type { Step } from '../../check/steps';
import type { AwsConnection } from '../connection';
import { explainConnection } from '../errors';
import type { CallerIdentity } from '../identity';
import { assumeRole, findCredentials } from './credentials';
import { resolveEndpoint } from './endpoint';
import { identify } from './identity';

/** `onIdentity` hears who the caller is, if STS tells. */
export function connectionSteps(
  connection: AwsConnection,
  onIdentity: (identity: CallerIdentity) => void,
): readonly Step[] {
  const { settings, options } = connection;
  return [
    {
      id: 'endpoint',
      label: 'Region and endpoint',
      run: () => resolveEndpoint(connection),
    },
    ...networkSteps({
      url: () => connection.endpoint(),
      field: 'endpoint',
      network: connection.network,
      runtime: options.runtime,
      deadlineMs: options.connectTimeout,
      explain: (error, host) =>
        explainConnection(error, {
          service: connection.service,
          settings,
          host,
          override: connection.knownOverride,
        }),
    }),
    {
      id: 'credentials',
      label: 'Credentials',
      run: (signal) => findCredentials(connection, signal),
    },
    ...(settings.values.roleArn === ''
      ? []
      : [
          {
            id: 'role',
            label: 'Role',
            run: (signal: AbortSignal) => assumeRole(connection, signal),
          },
        ]),
    {
      id: 'identity',
      label: 'Identity',
      run: async (signal) => {
        const { result, identity } = await identify(connection, signal);
        if (identity !== undefined) onIdentity(identity);
        return result;
      },
    },
  ];
}
