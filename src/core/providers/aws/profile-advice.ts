/** What the files of the AWS CLI say about a profile that gave no credentials. */
import type { AwsValues } from '@shared/providers/aws';
import { AppError, type AppErrorOptions } from '@shared/errors';
import { listText } from '../check/texts';
import { shellWord } from './credentials-error';
import { namesLike, readProfiles, type Profile } from './profiles';

/** More profiles than this are counted, not named. */
const PROFILES_TOLD = 5;

/**
 * The same error, with names from the files in its advice. Throws nothing; without anything to add, the
 * error stays as it is.
 */
export async function withProfileAdvice(
  error: AppError,
  { authentication, profile }: Pick<AwsValues, 'authentication' | 'profile'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AppError> {
  const name = authentication === 'profile' ? profile : (env['AWS_PROFILE'] ?? 'default');
  if (error.code === 'PROFILE_NOT_FOUND') {
    return replaced(error, missing(name, await readProfiles()));
  }
  if (error.code === 'CREDENTIALS_MISSING' && env['AWS_PROFILE'] !== undefined) {
    return replaced(error, missingInEnvironment(name, await readProfiles()));
  }
  if (error.code === 'PROFILE_FAILED' && /refers to/.test(error.message)) {
    return replaced(error, missingSource(name, await readProfiles()));
  }
  if (error.code === 'PROFILE_FAILED' && /mfa_serial/.test(error.message)) {
    const profiles = await readProfiles();
    return replaced(error, oneTimeCode(profiles.get(name)));
  }
  return error;
}

const replaced = (error: AppError, options: AppErrorOptions | undefined): AppError =>
  options === undefined
    ? error
    : new AppError(error.code, {
        message: error.message,
        likelyCause: error.likelyCause,
        ...options,
        details: { ...error.details, ...options.details },
        cause: error.cause,
      });

function missing(
  name: string,
  profiles: ReadonlyMap<string, Profile>,
): AppErrorOptions | undefined {
  if (profiles.has(name)) {
    return {
      message: `The profile “${name}” exists but has no credentials.`,
      likelyCause: 'It has settings only, such as a region, or its keys are in another file.',
      hint: 'Put credentials into it with “aws configure”, or enter another profile.',
    };
  }
  const names = [...profiles.keys()];
  const [nearest, ...others] = namesLike(name, names);
  if (nearest !== undefined) {
    return {
      hint: `Did you mean ${[nearest, ...others].map((each) => `“${each}”`).join(' or ')}?`,
      details: { field: 'profile', suggestion: nearest },
    };
  }
  return names.length === 0
    ? undefined
    : { hint: `Enter one of the profiles that there are: ${listText(names, PROFILES_TOLD)}.` };
}

/** The default chain passes a profile over that AWS_PROFILE names and nobody has. */
function missingInEnvironment(
  name: string,
  profiles: ReadonlyMap<string, Profile>,
): AppErrorOptions | undefined {
  if (profiles.has(name)) return undefined;
  const [nearest] = namesLike(name, [...profiles.keys()]);
  return {
    message: `AWS_PROFILE names “${name}”, and there is no such profile on this computer.`,
    likelyCause: 'It is misspelt in the environment that Strongroom was started in.',
    hint:
      nearest === undefined
        ? 'Correct AWS_PROFILE and start Strongroom again, or choose Profile and enter its name.'
        : `Did you mean “${nearest}”? Choose Profile and enter that, or correct AWS_PROFILE and start Strongroom again.`,
    details: { field: 'authentication', suggestion: 'profile' },
  };
}

/** The name behind `source_profile` is wrong, in a file that Strongroom does not change. */
function missingSource(
  name: string,
  profiles: ReadonlyMap<string, Profile>,
): AppErrorOptions | undefined {
  const source = profiles.get(name)?.['source_profile'] ?? '';
  const [nearest] = namesLike(source, [...profiles.keys()]);
  return nearest === undefined
    ? undefined
    : { hint: `Check source_profile in ~/.aws/config: did you mean “${nearest}”?` };
}

/** How to get temporary keys with a one-time code, and where they go. */
function oneTimeCode(profile: Profile | undefined): AppErrorOptions | undefined {
  const serial = shellWord(profile?.['mfa_serial'] ?? '');
  if (serial === undefined || serial === '') return undefined;
  const source = shellWord(profile?.['source_profile'] ?? '');
  const from = source === undefined || source === '' ? '' : ` --profile ${source}`;
  const command = `aws sts get-session-token --serial-number ${serial} --token-code CODE${from}`;
  const { role_arn: roleArn, external_id: externalId } = profile ?? {};
  const then = [
    ...(roleArn === undefined ? [] : [`${roleArn} as Role ARN`]),
    ...(externalId === undefined ? [] : [`${externalId} as External ID`]),
  ];
  return {
    hint: `Run “${command}” in a terminal, with the code of the device in place of CODE. Choose Access Keys, and enter AccessKeyId, SecretAccessKey and SessionToken from its answer${then.length === 0 ? '' : `, and ${then.join(' and ')}`}.`,
    remedy: { run: command },
    details: { field: 'authentication', suggestion: 'access-keys' },
  };
}
