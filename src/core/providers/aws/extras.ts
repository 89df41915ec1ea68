/** What all factories for AWS can do beside making a provider. */
import type { AwsValues } from '@shared/providers/aws';
import { Network } from '@core/network/network';
import type { ProviderFactory } from '../provider';
import { resolveOptions, type AwsOptions } from './options';
import { assertProfilesAnswer } from './own-files';
import { readProfiles } from './profiles';
import { knownRegions } from './regions';
import { signInBySso } from './sso';

export const awsExtras = (
  options: AwsOptions,
): Required<Pick<ProviderFactory<AwsValues>, 'signIn' | 'choices'>> => {
  const resolved = resolveOptions(options);
  const { runtime, attemptTimeout: deadlineMs } = resolved;
  return {
    signIn: ({ values, credentials }, signal) => {
      const network = new Network({ values, credentials, verifySsl: true }, resolved);
      return signInBySso({ values, network, runtime, deadlineMs }, signal);
    },
    choices: async () => {
      const regions = await knownRegions();
      return { region: regions, ssoRegion: regions, profile: await profileNames(resolved) };
    },
  };
};

/** Empty if the files do not answer: a test of the connection says why. */
async function profileNames({ runtime }: ReturnType<typeof resolveOptions>): Promise<string[]> {
  try {
    await assertProfilesAnswer({ authentication: 'default-chain' }, runtime.env);
    return [...(await readProfiles()).keys()].toSorted();
  } catch {
    return [];
  }
}
