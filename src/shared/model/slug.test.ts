import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slug } from './slug';

describe('slug', () => {
  it.each([
    ['Production', 'production'],
    ['  Staging EU (2)  ', 'staging-eu-2'],
    ['Café – Zürich', 'cafe-zurich'],
    ['billing/EU West', 'billing/eu-west'],
    ['//a//', 'a'],
    ['本番', '本番'],
    ['🚀', ''],
  ])('makes %j into %j', (name, expected) => {
    expect(slug(name)).toBe(expected);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(slug(slug(name))).toBe(slug(name));
      }),
    );
  });
});
