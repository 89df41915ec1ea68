import { awsSecretsManagerSchema } from '@shared/providers/aws-secrets-manager';
import { expect, it } from 'vitest';
import { credentialsError } from './credentials-error';

const remedyFor = (profile: string) => {
  const values = awsSecretsManagerSchema.parse({
    endpoint: '',
    region: 'eu-west-1',
    authentication: 'profile',
    profile,
    autoSync: false,
  });
  return credentialsError(new Error('The SSO session is invalid. UnauthorizedException'), values)
    .remedy;
};

it.each([
  ['dev', 'aws sso login --profile dev'],
  ['team.dev@eu/1', 'aws sso login --profile team.dev@eu/1'],
  ['my team', 'aws sso login --profile "my team"'],
  ['a;b', 'aws sso login --profile "a;b"'],
])('a command for the profile %s can be pasted as it is', (profile, run) => {
  expect(remedyFor(profile)).toEqual({ run });
});

it.each(['a"; rm -rf ~; "', 'a$(id)', 'a`id`', 'a%PATH%', 'a\\', 'a!1'])(
  'a profile named %s is in no command to paste',
  (profile) => {
    expect(remedyFor(profile)).toEqual({ run: 'aws sso login --profile NAME' });
  },
);
