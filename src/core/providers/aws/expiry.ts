/** When credentials that the SDK found end, and whether it finds others by itself then. */
import type { Expiry } from '@shared/model/connection';
import type { FoundCredentials } from './client';
import type { ResolvedOptions } from './options';
import type { AwsSettings } from './settings';

interface FoundWith {
  readonly settings: Pick<AwsSettings, 'values'>;
  readonly options: Pick<ResolvedOptions, 'runtime'>;
}

/** The SDK's names of sources that can be asked again: a role, a program, a container or an instance. */
const RENEWED = /_WEB_ID|_ASSUME_ROLE|_PROCESS|_HTTP|_INSTANCE/;
/** Those that end with the session of a sign-in. */
const SIGN_IN = /_SSO|_LOGIN/;

/**
 * Of a profile that signs in with IAM Identity Center, the end of the sign-in: its keys are asked for again until then.
 * `undefined` if nothing ends.
 */
export async function expiryOf(
  { expiration, $source = {} }: FoundCredentials,
  { settings, options }: FoundWith,
): Promise<Expiry | undefined> {
  if (expiration === undefined) return undefined;
  const names = Object.keys($source);
  // A role that is assumed with a sign-in ends when that does.
  if (names.some((name) => SIGN_IN.test(name))) {
    const { authentication, profile } = settings.values;
    const name =
      authentication === 'profile' ? profile : (options.runtime.env['AWS_PROFILE'] ?? '');
    return (await endOfSignIn(name === '' ? 'default' : name)) ?? ending(expiration, 'sign-in');
  }
  // The SDK gives no name to the credentials of an EC2 instance.
  const renews = names.length === 0 || names.some((name) => RENEWED.test(name));
  return { at: expiration.getTime(), what: 'temporary-key', renews };
}

const ending = (at: Date, what: Expiry['what']): Expiry => ({
  at: at.getTime(),
  what,
  renews: false,
});

/** The AWS CLI notes it in ~/.aws/sso/cache. A sign-in with a refresh token is renewed by the SDK. */
async function endOfSignIn(first: string): Promise<Expiry | undefined> {
  const { getSSOTokenFromFile, parseKnownFiles } = await import('@smithy/core/config');
  try {
    const profiles = await parseKnownFiles({ ignoreCache: true });
    const visited = new Set<string>();
    for (let name: string | undefined = first; name !== undefined && !visited.has(name);) {
      visited.add(name);
      const profile: Readonly<Record<string, string | undefined>> = profiles[name] ?? {};
      const signIn = profile['sso_session'] ?? profile['sso_start_url'];
      if (signIn !== undefined) {
        const { expiresAt, refreshToken } = await getSSOTokenFromFile(signIn);
        const end = ending(new Date(expiresAt), 'sign-in');
        return { ...end, renews: refreshToken !== undefined };
      }
      name = profile['source_profile'];
    }
  } catch {
    // The keys were found, so the sign-in is good: when it ends is not known.
  }
  return undefined;
}
