import { describe, expect, it } from 'vitest';
import {
  keptValue,
  namesIn,
  redirected,
  referenceIn,
  type Surroundings,
  type VariableName,
} from './stored-reference';

const around = (expands = false): Surroundings => ({
  vault: 'here',
  expands,
  isEnvironment: (name) => ['here', 'production', 'billing/eu'].includes(name),
});

describe('referenceIn', () => {
  it.each([
    ['@production/API_KEY', { vault: 'production', key: 'API_KEY' }],
    ['@billing/eu/API_KEY', { vault: 'billing/eu', key: 'API_KEY' }],
    ['@types/node', undefined],
    ['@API_KEY', undefined],
    [String.raw`\@production/API_KEY`, undefined],
    ['see @production/API_KEY', undefined],
    ['@production/', undefined],
  ])('reads %j', (text, name) => {
    expect(referenceIn(text, around().isEnvironment)).toEqual(name);
  });
});

describe('namesIn', () => {
  it('is the reference, or the names in braces if the environment has them on', () => {
    expect(namesIn('@production/A', around(true))).toEqual([{ vault: 'production', key: 'A' }]);
    const braces = String.raw`{{A}} {{ A }} \{{B}} {{@production/C}} {{@/D}}`;
    expect(namesIn(braces, around())).toEqual([]);
    expect(namesIn(braces, around(true))).toEqual([
      { vault: 'here', key: 'A' },
      { vault: 'production', key: 'C' },
      { vault: 'here', key: 'D' },
    ]);
  });
});

describe('redirected', () => {
  const keyB = ({ vault, key }: VariableName): VariableName | undefined =>
    vault === 'here' && key === 'A' ? { vault, key: 'B' } : undefined;
  const toLive = ({ vault, key }: VariableName): VariableName | undefined =>
    vault === 'production' ? { vault: 'live', key } : undefined;

  it.each([
    ['@here/A', keyB, '@here/B'],
    ['@here/AA', keyB, undefined],
    ['@production/A', keyB, undefined],
    ['x{{A}}y{{ C }}', keyB, 'x{{B}}y{{ C }}'],
    [String.raw`\{{A}}`, keyB, undefined],
    ['@production/A', toLive, '@live/A'],
    ['{{@production/A}}', toLive, '{{@live/A}}'],
    [String.raw`\@production/A`, toLive, '@production/A'],
    [String.raw`\@here/A`, keyB, undefined],
  ] as const)('rewrites %j', (text, redirect, after) => {
    expect(redirected(text, around(true), redirect)).toBe(after);
  });

  it('leaves braces alone if the environment has them off, or if they cannot hold the new name', () => {
    expect(redirected('{{A}}', around(), keyB)).toBeUndefined();
    const braced = ({ vault }: VariableName): VariableName => ({ vault, key: 'A}B' });
    expect(redirected('{{A}}', around(true), braced)).toBeUndefined();
  });
});

describe('keptValue', () => {
  const keep = (text: string): string => keptValue(text, 'here', (key) => key === 'A');

  it.each([
    ['@A', '@here/A'],
    ['@/A', '@here/A'],
    [String.raw`\@A`, '@A'],
    ['@handle', '@handle'],
    [String.raw`\@handle`, String.raw`\@handle`],
    ['@production/A', '@production/A'],
    [String.raw`\@production/A`, String.raw`\@production/A`],
    ['A', 'A'],
    ['@', '@'],
  ])('keeps %j as %j', (typed, kept) => {
    expect(keep(typed)).toBe(kept);
  });
});
