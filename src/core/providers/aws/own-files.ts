/**
 * The files that the AWS SDK reads by itself. It waits for them without end and reads some of them
 * synchronously, so a pipe or a dead network drive would stop the whole process. So each file is read here
 * first, and the SDK reads only what has just answered. A file that is missing or may not be read is the SDK's
 * to explain: it goes on without it.
 */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AwsValues } from '@shared/providers/aws';
import { isAppError } from '@shared/errors';
import { readNamedFile } from '@core/network/named-file';
import type { Runtime } from '@core/runtime';

type Env = Runtime['env'];

interface OwnFile {
  readonly path: string;
  readonly label: string;
}

async function assertAnswers(file: OwnFile, field?: string): Promise<void> {
  try {
    await readNamedFile({ ...file, field });
  } catch (error) {
    const isOfSystem = isAppError(error) && error.cause !== undefined;
    if (!isOfSystem) throw error;
  }
}

/** The `field` of the form to blame; the default chain and access keys name no file in it. */
const fieldOf = ({ authentication }: Pick<AwsValues, 'authentication'>): string | undefined =>
  authentication === 'profile' ? 'profile' : undefined;

const textOf = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/**
 * The two files with profiles, which the SDK reads for every client, whatever the credentials; see
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html. Throws `INVALID_CONFIGURATION`.
 */
export async function assertProfilesAnswer(
  values: Pick<AwsValues, 'authentication'>,
  env: Env,
): Promise<void> {
  const aws = join(homedir(), '.aws');
  const files: readonly OwnFile[] = [
    { path: textOf(env['AWS_CONFIG_FILE']) ?? join(aws, 'config'), label: 'AWS config file' },
    {
      path: textOf(env['AWS_SHARED_CREDENTIALS_FILE']) ?? join(aws, 'credentials'),
      label: 'AWS credentials file',
    },
  ];
  for (const file of files) await assertAnswers(file, fieldOf(values));
}

/**
 * All files that finding credentials can read: the profiles, and the tokens that they or the environment
 * name. Throws `INVALID_CONFIGURATION`.
 */
export async function assertCredentialFilesAnswer(
  values: Pick<AwsValues, 'authentication' | 'profile'>,
  env: Env,
): Promise<void> {
  await assertProfilesAnswer(values, env);
  const { authentication } = values;
  const first =
    authentication === 'profile' ? values.profile : (textOf(env['AWS_PROFILE']) ?? 'default');
  const files = [...(await filesOfProfile(first, env)), ...filesOfEnvironment(env)];
  for (const file of files) await assertAnswers(file, fieldOf(values));
}

const TOKEN_FILE = 'Web identity token file';

const filesOfEnvironment = (env: Env): readonly OwnFile[] =>
  [
    { path: textOf(env['AWS_WEB_IDENTITY_TOKEN_FILE']), label: TOKEN_FILE },
    {
      path: textOf(env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']),
      label: 'Container authorization token file',
    },
  ].filter((file): file is OwnFile => file.path !== undefined);

/** The tokens of a profile and of those it refers to with `source_profile`. */
async function filesOfProfile(first: string, env: Env): Promise<OwnFile[]> {
  const { getSSOTokenFilepath, parseKnownFiles } = await import('@smithy/core/config');
  const profiles = await parseKnownFiles({ ignoreCache: true });
  const files: OwnFile[] = [];
  const visited = new Set<string>();
  let name: string | undefined = first;
  while (name !== undefined && !visited.has(name)) {
    visited.add(name);
    const profile: Readonly<Record<string, string | undefined>> = profiles[name] ?? {};
    const token = textOf(profile['web_identity_token_file']);
    if (token !== undefined) files.push({ path: token, label: TOKEN_FILE });
    const signIn = textOf(profile['sso_session']) ?? textOf(profile['sso_start_url']);
    if (signIn !== undefined) {
      files.push({ path: getSSOTokenFilepath(signIn), label: 'Sign-in of IAM Identity Center' });
    }
    const login = textOf(profile['login_session']);
    if (login !== undefined)
      files.push({ path: loginFile(login, env), label: 'Sign-in of aws login' });
    name = textOf(profile['source_profile']);
  }
  return files;
}

/** As `getTokenFilePath` of `@aws-sdk/credential-provider-login` names it. */
const loginFile = (session: string, env: Env): string =>
  join(
    env['AWS_LOGIN_CACHE_DIRECTORY'] ?? join(homedir(), '.aws', 'login', 'cache'),
    `${createHash('sha256').update(session, 'utf8').digest('hex')}.json`,
  );
