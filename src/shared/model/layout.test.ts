import { describe, expect, it } from 'vitest';
import { layoutOf, nameAt, pathIn } from './layout';

describe('the layout of an environment', () => {
  it.each([
    ['shop/prod', 'object'],
    ['shop/prod/', 'entries'],
    ['/', 'entries'],
  ] as const)('of %s is %s', (path, layout) => {
    expect(layoutOf(path)).toBe(layout);
  });

  it('changes with its path, back and forth', () => {
    expect(pathIn('shop/prod', 'entries')).toBe('shop/prod/');
    expect(pathIn('shop/prod/', 'entries')).toBe('shop/prod/');
    expect(pathIn('shop/prod/', 'object')).toBe('shop/prod');
    expect(pathIn('', 'entries')).toBe('/');
  });

  it('is not in the name', () => {
    expect(nameAt('shop/prod/')).toBe('shop/prod');
    expect(nameAt('shop/prod')).toBe('shop/prod');
    expect(nameAt('/')).toBe('/');
  });
});
