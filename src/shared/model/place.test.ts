import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, LINK_MAX, linkTo, parseAddress, parseLink, type Place } from './place';

const visible = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => /^\P{Cc}*$/u.test(text) && !text.endsWith('/'));

const links: fc.Arbitrary<Place> = fc.oneof(
  fc.record(
    {
      page: fc.constant('environment' as const),
      environment: visible,
      variable: visible,
      workspace: visible,
    },
    { requiredKeys: ['page', 'environment'] },
  ),
  fc.record(
    { page: fc.constantFrom('compare' as const, 'requests' as const), workspace: visible },
    { requiredKeys: ['page'] },
  ),
  fc.constant({ page: 'settings', tab: 'audit' } as const),
);

describe('a place', () => {
  it('comes back from the link and from the address that it was written as', () => {
    fc.assert(
      fc.property(links, (place) => {
        expect(parseLink(linkTo(place))).toEqual(place);
        expect(parseAddress(addressOf(place))).toEqual(place);
      }),
    );
  });

  it('is written so that people can read it', () => {
    expect(
      linkTo({
        page: 'environment',
        environment: 'api/production',
        workspace: 'Shop',
        variable: 'API_KEY',
      }),
    ).toBe('strongroom://open/environment/api/production?workspace=Shop&variable=API_KEY');
  });

  it.each([
    ['strongroom://open/compare/', { page: 'compare' }],
    ['strongroom://open/settings/security', { page: 'settings', tab: 'security' }],
    [
      'strongroom://open/environment/my%20app?variable=A%2FB',
      { page: 'environment', environment: 'my app', variable: 'A/B' },
    ],
    ['strongroom://open/environment/..%2F..', { page: 'environment', environment: '../..' }],
  ])('is read from %s', (link, place) => {
    expect(parseLink(link)).toEqual(place);
  });
});

describe('a link is refused', () => {
  it.each([
    '',
    'https://open/compare',
    'strongroom:compare',
    'strongroom://app/',
    'strongroom://open/',
    'strongroom://open',
    'STRONGROOM://open/compare',
    // No page that asks a provider, and no command.
    'strongroom://open/push',
    'strongroom://open/history/production',
    'strongroom://open/migrate/production',
    'strongroom://open/reveal/production',
    'strongroom://open/lock',
    // What the page does not have.
    'strongroom://open/environment',
    'strongroom://open/environment/',
    'strongroom://open/compare/production',
    'strongroom://open/settings/advanced',
    'strongroom://open/compare?variable=API_KEY',
    // Parameters that nobody knows, or twice.
    'strongroom://open/environment/a?reveal=1',
    'strongroom://open/environment/a?page=push',
    'strongroom://open/environment/a?environment=b',
    'strongroom://open/environment/a?__proto__=b',
    'strongroom://open/environment/a?workspace=a&workspace=b',
    'strongroom://open/environment/a?workspace=a?variable=b',
    'strongroom://open/environment/a?variable=',
    // Damaged text.
    'strongroom://open/environment/%',
    'strongroom://open/environment/%ff',
    'strongroom://open/environment/a%0ab',
    'strongroom://open/environment/a%00',
    `strongroom://open/environment/${'a'.repeat(201)}`,
    `strongroom://open/environment/${'%41'.repeat(LINK_MAX)}`,
  ])('%j', (link) => {
    expect(parseLink(link)).toBeUndefined();
  });

  it('never by an exception, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => [
          parseLink(`strongroom://open/${text}`),
          parseAddress(`#/${text}`),
        ]).not.toThrow();
      }),
    );
  });
});

describe('an address', () => {
  it('has pages that no link leads to', () => {
    const place = { page: 'history', environment: 'production' } as const;
    expect(parseAddress(addressOf(place))).toEqual(place);
    expect(parseLink(linkTo(place))).toBeUndefined();
  });

  it.each(['', '#', '#launch=token', '#/', '/compare', '#compare'])('is not %j', (fragment) => {
    expect(parseAddress(fragment)).toBeUndefined();
  });
});
