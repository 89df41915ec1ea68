import { describe, expect, it } from 'vitest';
import { grantSettingsSchema, secretNamesOf } from './grant';
import { grantTemplates, settingsOf, withParameters } from './grant-templates';
import { matchHosts, parseHostRule } from './host-rule';
import { defaultPolicy } from './policy';

it('there are about 35, each with its own id, in the order of their ids', () => {
  const ids = grantTemplates.map(({ id }) => id);
  expect(ids.length).toBeGreaterThanOrEqual(35);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(ids.toSorted());
});

describe.each(grantTemplates)('$id', (template) => {
  const parameters = Object.fromEntries(
    Object.keys(template.parameters ?? {}).map((name) => [name, 'acme']),
  );

  it('makes settings that are valid, and needs a secret', () => {
    const { data, error } = grantSettingsSchema.safeParse({
      ...settingsOf(template, parameters),
      policy: defaultPolicy,
    });
    expect(error?.issues).toBeUndefined();
    expect(data?.hosts).toEqual(template.hosts.map((host) => withParameters(host, parameters)));
    expect(secretNamesOf(data!).length).toBeGreaterThan(0);
  });

  it('has a test request that its hosts cover and that changes nothing', () => {
    const { method, url, body } = template.test;
    const rules = template.hosts.map((host) => parseHostRule(withParameters(host, parameters))!);
    expect(matchHosts(rules, new URL(withParameters(url, parameters))).mismatch).toBeUndefined();
    // A POST reads, too: a query of GraphQL, or a call that only shows who asks.
    expect(method === 'GET' || (body ?? '').startsWith('{"query":') || url.endsWith('.test')).toBe(
      true,
    );
    expect(body ?? '').not.toContain('mutation');
  });

  it('uses every parameter, and links to the documentation', () => {
    const text = [...template.hosts, template.test.url].join(' ');
    for (const name of Object.keys(parameters)) expect(text).toContain(`{${name}}`);
    expect(withParameters(text, parameters)).not.toMatch(/[{}]/);
    expect(template.docs).toMatch(/^https:\/\//);
  });
});
