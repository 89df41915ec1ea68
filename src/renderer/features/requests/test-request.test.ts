import { grantTemplates } from '@shared/model/grant-templates';
import { describe, expect, it } from 'vitest';
import { testRequestOf } from './test-request';

const urlOf = (hosts: readonly string[], template?: string): string =>
  testRequestOf({ hosts: [...hosts], template }).url;

describe('the request to try a grant with', () => {
  it.each(grantTemplates.map((template) => [template.id, template] as const))(
    'is that of the template %s, with its parameters',
    (id, { hosts, test }) => {
      const own = hosts.map((host) => host.replaceAll(/\{\w+\}/g, 'acme-1'));
      const offered = testRequestOf({ hosts: own, template: id });
      expect(offered.url).toBe(test.url.replaceAll(/\{\w+\}/g, 'acme-1'));
      expect(offered.method).toBe(test.method);
    },
  );

  it('is for the hosts of the grant', () => {
    expect(urlOf(['github.example.com/api'], 'github')).toBe('https://github.example.com/api');
    expect(urlOf(['http://127.0.0.1:8080'])).toBe('http://127.0.0.1:8080/');
    expect(urlOf(['*.example.com', 'api.example.com'])).toBe('https://api.example.com/');
    expect(urlOf(['*.example.com'])).toBe('https://');
  });
});
