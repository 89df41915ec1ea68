import { defaultPolicy } from '@shared/model/policy';
import { templateNamed } from '@shared/model/grant-templates';
import { describe, expect, it } from 'vitest';
import {
  emptySecret,
  freeName,
  hostsOf,
  newForm,
  newRule,
  readGrant,
  readSecrets,
  secretsOf,
  type GrantForm,
  type SecretForm,
} from './grant-form';

const NOW = Date.UTC(2026, 10, 30, 12);

const typed = (value: string): SecretForm => ({ ...emptySecret, value });

const read = (form: GrantForm, changes: Partial<GrantForm> = {}, had: readonly string[] = []) =>
  readGrant({ ...form, ...changes }, had, NOW);

const custom = (changes: Partial<GrantForm>): GrantForm => ({
  ...newForm(undefined, []),
  name: 'service',
  hosts: 'api.example.com',
  secrets: { token: typed('sk-live-4242') },
  ...changes,
});

describe('a grant from a template', () => {
  it('needs only the secret', () => {
    const form = newForm(templateNamed('github'), ['github', 'github-2']);
    expect(form.name).toBe('github-3');
    expect(read(form).issues).toEqual({ 'secret.token': 'This is missing.' });
    const ready = read(form, { secrets: { token: typed('ghp_0123456789') } });
    expect(ready).toMatchObject({
      issues: {},
      secrets: { token: { value: 'ghp_0123456789' } },
      settings: {
        type: 'bearer',
        template: 'github',
        hosts: ['api.github.com', 'uploads.github.com'],
        rules: [{ place: 'header', name: 'X-GitHub-Api-Version', format: '2022-11-28' }],
        policy: defaultPolicy,
      },
    });
  });

  it('puts its parameters into the hosts until they are changed by hand', () => {
    const form = newForm(templateNamed('zendesk'), []);
    expect(read(form).issues['parameter.subdomain']).toBe('The hosts need it.');
    const given = { ...form, parameters: { subdomain: ' acme ' } };
    expect(hostsOf(given)).toBe('acme.zendesk.com');
    expect(read(given).issues['parameter.subdomain']).toBeUndefined();
    expect(hostsOf({ ...given, hosts: 'help.example.com' })).toBe('help.example.com');
    expect(secretsOf(form).needed).toEqual(['username', 'token']);
  });

  it('does not call a grant as another one', () => {
    expect(freeName('aws', [])).toBe('aws');
    expect(freeName('aws', ['aws'])).toBe('aws-2');
  });
});

describe('a custom grant', () => {
  it.each([
    ['bearer', {}, ['token'], []],
    ['basic', {}, ['username', 'password'], []],
    ['basic', { format: 'api:{token}' }, ['token'], []],
    ['api-key', {}, ['token'], []],
    ['sigv4', {}, ['accessKeyId', 'secretAccessKey'], ['sessionToken']],
  ] as const)('of the type %s with %o asks for its secrets', (type, changes, needed, optional) => {
    expect(secretsOf(custom({ type, ...changes }))).toEqual({ needed, optional });
  });

  it('asks for the secrets of further rules', () => {
    const rules = [newRule({ place: 'query', name: 'app', format: '{appKey}' })];
    const form = custom({ rules });
    expect(secretsOf(form).needed).toEqual(['token', 'appKey']);
    expect(read(form).issues).toEqual({ 'secret.appKey': 'This is missing.' });
    expect(read(form, {}, ['token', 'appKey']).settings).toBeDefined();
  });

  it('keeps only what belongs to its type', () => {
    const texts = { header: 'X-Key', format: '{token}', region: 'eu-west-1', service: 's3' };
    const { settings } = read(custom({ ...texts, type: 'api-key' }));
    expect(settings).toMatchObject({ header: 'X-Key', format: '{token}' });
    expect(settings?.region).toBeUndefined();
    expect(read(custom({ ...texts })).settings?.header).toBeUndefined();
  });

  it.each([
    [{ name: ' ' }, 'name'],
    [{ hosts: '' }, 'hosts'],
    [{ hosts: 'api.example.com\nnot a host' }, 'hosts'],
    [{ networks: '10.0.0.0/99' }, 'networks'],
    [{ type: 'api-key', header: 'X Key' }, 'header'],
    [{ type: 'api-key', format: 'fixed' }, 'rules'],
    [{ rules: [newRule({ place: 'header', name: '', format: 'x' })] }, 'rules'],
  ] as const)('says which field is wrong: %o', (changes, field) => {
    const { issues, settings } = read(custom(changes));
    expect(settings).toBeUndefined();
    expect(Object.keys(issues)).toEqual([field]);
  });

  it('is not sent with a policy that is not valid', () => {
    const form = custom({});
    const { settings, policyIssues } = read(form, { policy: { ...form.policy, paths: 'v1' } });
    expect(settings).toBeUndefined();
    expect(policyIssues).toHaveProperty('paths');
  });
});

describe('the sources of secrets', () => {
  const variable: SecretForm = { ...emptySecret, from: 'variable' };

  it('are values and variables', () => {
    const chosen = { ...variable, environment: ' production ', key: 'API_KEY' };
    const names = { needed: ['a', 'b'], optional: ['c'] };
    expect(readSecrets({ a: typed(' spaces stay '), b: chosen }, names)).toEqual({
      secrets: {
        a: { value: ' spaces stay ' },
        b: { environment: 'production', key: 'API_KEY' },
      },
      issues: {},
    });
  });

  it('must be complete', () => {
    const half = { ...variable, environment: 'production' };
    expect(readSecrets({ c: half }, { needed: ['a'], optional: ['c'] })).toEqual({
      secrets: {},
      issues: {
        'secret.a': 'This is missing.',
        'secret.c': 'Choose an environment and a variable.',
      },
    });
  });
});
