import { describe, expect, it } from 'vitest';
import type { FormValues } from '../model/form-values';
import { awsSecretsManagerDescriptor, awsSecretsManagerSchema } from './aws-secrets-manager';
import { validateForm } from './descriptor';

const filled: FormValues = {
  ...awsSecretsManagerDescriptor.defaults,
  region: 'us-east-1',
  authentication: 'access-keys',
};

const keys = { accessKeyId: undefined, secretAccessKey: undefined };

const issues = (
  values: FormValues = {},
  credentials: Readonly<Record<string, string | undefined>> = keys,
) =>
  validateForm(
    awsSecretsManagerDescriptor,
    { ...filled, ...values },
    new Map(Object.entries(credentials)),
  );

describe('the form of AWS Secrets Manager', () => {
  it('asks for the credentials of the chosen authentication, and for no session token', () => {
    expect(issues()).toEqual({});
    expect(issues({}, {})).toEqual({
      accessKeyId: 'Enter the Access Key ID.',
      secretAccessKey: 'Enter the Secret Access Key.',
    });
    expect(issues({ authentication: 'default-chain' }, {})).toEqual({});
  });

  it('asks for the session token of a temporary key', () => {
    const temporary = { accessKeyId: ' ASIAX', secretAccessKey: 'x' };
    const wanted = { sessionToken: expect.stringContaining('starts with ASIA') as string };
    expect(issues({}, temporary)).toEqual(wanted);
    expect(issues({}, { ...temporary, sessionToken: 'x' })).toEqual({});
    // Stored, and not to be seen here.
    expect(issues({}, { ...temporary, sessionToken: undefined })).toEqual({});
    expect(issues({}, { ...temporary, sessionToken: '' })).toEqual(wanted);
    expect(issues({ authentication: 'default-chain' }, temporary)).toEqual({});
  });

  it('finds a session token that is left from another key', () => {
    const lasting = { accessKeyId: 'AKIAX', secretAccessKey: 'x' };
    expect(issues({}, { ...lasting, sessionToken: undefined })).toEqual({
      sessionToken: expect.stringContaining('has no session token') as string,
    });
    expect(issues({}, { ...lasting, sessionToken: '' })).toEqual({});
    expect(issues({}, { ...lasting, accessKeyId: 'test', sessionToken: 'test' })).toEqual({});
  });

  it.each([
    ['arn:aws:iam::123456789012:role/reader', 'us-east-1'],
    [' arn:aws:iam::123456789012:role/team/path/reader ', 'eu-west-1'],
    ['arn:aws-cn:iam::123456789012:role/r', 'cn-north-1'],
    ['arn:aws-us-gov:iam::123456789012:role/r+=,.@-_', 'us-gov-west-1'],
    ['', 'us-east-1'],
  ])('takes the role %j in %s', (roleArn, region) => {
    expect(issues({ roleArn, region })).toEqual({});
  });

  it('finds a role of another partition, except for a compatible server', () => {
    const values = { roleArn: 'arn:aws-cn:iam::123456789012:role/r', region: 'us-gov-east-1' };
    const found = issues(values)['roleArn'];
    expect(found).toContain('in “aws-cn”, and the region us-gov-east-1 is in “aws-us-gov”');
    expect(issues({ ...values, endpoint: 'http://localhost:4566' })).toEqual({});
  });

  it.each([
    'https://eu-west-1.console.aws.amazon.com/secretsmanager',
    'https://console.aws.amazon.com',
  ])('does not take the console for an endpoint (%s)', (endpoint) => {
    expect(issues({ endpoint })['endpoint']).toContain('AWS Console');
  });

  it.each([
    ['reader', 'written like'],
    ['arn:aws:iam::12345:role/reader', 'written like'],
    ['arn:aws:iam::123456789012:user/reader', 'written like'],
    ['arn:aws:iam::123456789012:role/', 'written like'],
    ['arn:aws:iam::123456789012:role/a b', 'written like'],
    ['arn:aws:sts::123456789012:assumed-role/reader/me', 'the ARN of a session'],
  ])('says what to mend in the role %j', (roleArn, text) => {
    expect(issues({ roleArn })).toEqual({ roleArn: expect.stringContaining(text) as string });
  });

  it('takes an external ID with a role, as STS does', () => {
    const roleArn = 'arn:aws:iam::123456789012:role/reader';
    expect(issues({ roleArn, externalId: 'Unique_ID/1:2' })).toEqual({});
    for (const externalId of ['x', 'a b', 'ü1', 'x'.repeat(1225)]) {
      expect(issues({ roleArn, externalId })['externalId']).toContain('2 to 1,224 characters');
    }
    expect(issues({ externalId: 'ours' })['externalId']).toContain('goes with a role');
  });

  it('reads settings that were stored before there were roles and session tokens', () => {
    const stored: FormValues = { ...filled };
    delete stored['roleArn'];
    delete stored['externalId'];
    expect(awsSecretsManagerSchema.parse(stored)).toMatchObject({ roleArn: '', externalId: '' });
  });

  it('reads a role without the white space around it', () => {
    const roleArn = ' arn:aws:iam::123456789012:role/reader\n';
    expect(awsSecretsManagerSchema.parse({ ...filled, roleArn }).roleArn).toBe(roleArn.trim());
  });
});
