import { describe, expect, it } from 'vitest';
import type { FormValues } from '../model/form-values';
import { validateForm } from './descriptor';
import { googleSecretManagerDescriptor } from './google-secret-manager';

const filled: FormValues = {
  ...googleSecretManagerDescriptor.defaults,
  project: 'my-project-123456',
  authentication: 'default',
};

const issues = (
  values: FormValues = {},
  credentials: Readonly<Record<string, string | undefined>> = {},
) =>
  validateForm(
    googleSecretManagerDescriptor,
    { ...filled, ...values },
    new Map(Object.entries(credentials)),
  );

describe('the form of Google Secret Manager', () => {
  it('asks for the project, and for a key only if one is chosen', () => {
    expect(issues()).toEqual({});
    expect(Object.keys(issues({ project: '' }))).toEqual(['project']);
    expect(Object.keys(issues({ authentication: 'key' }))).toEqual(['key']);
    expect(Object.keys(issues({ authentication: '' }))).toEqual(['authentication']);
  });

  it.each([
    ['My Project', 'looks like the name of the project'],
    ['shop', '6 to 30 small letters'],
  ])('tells the project %s from an id', (project, message) => {
    expect(issues({ project })['project']).toContain(message);
  });

  it('takes the number of a project', () => {
    expect(issues({ project: '123456789012' })).toEqual({});
  });

  it('tells a key from a part of one, and from credentials of gcloud', () => {
    const key = (content: string) => issues({ authentication: 'key' }, { key: content })['key'];
    expect(key('{"type":"service_account"}')).toBeUndefined();
    expect(key('{"type":"service_acc')).toContain('whole JSON file');
    expect(key('{"type":"authorized_user"}')).toContain('Choose Default Credentials');
    expect(key('{}')).toContain('not the key of a service account');
  });

  it('has replicas for global secrets only', () => {
    expect(issues({ location: 'europe-west3' })).toEqual({});
    expect(issues({ replicas: 'europe-west1, europe-west3' })).toEqual({});
    expect(Object.keys(issues({ location: 'europe-west3', replicas: 'europe-west1' }))).toEqual([
      'replicas',
    ]);
    expect(Object.keys(issues({ location: 'Frankfurt' }))).toEqual(['location']);
  });

  it('refuses what is no address of an API, and no service account', () => {
    const endpoint = (text: string) => issues({ endpoint: text })['endpoint'];
    expect(endpoint('https://console.cloud.google.com')).toContain('console');
    expect(endpoint('localhost:8085')).toContain('https://');
    expect(endpoint('http://localhost:8085')).toBeUndefined();
    expect(issues({ impersonate: 'anna@example.com' })['impersonate']).toContain(
      'gserviceaccount.com',
    );
  });
});
