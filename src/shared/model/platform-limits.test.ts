import { describe, expect, it } from 'vitest';
import { pathProblem, platformLimits, valueProblem } from './platform-limits';

describe('a value', () => {
  it('may have 25 KB', () => {
    expect(valueProblem(platformLimits, 'KEY', 25_600)).toBeUndefined();
    expect(valueProblem(platformLimits, 'KEY', 25_601)).toMatchObject({
      code: 'VALUE_OVER_LIMIT',
      message: 'KEY takes 25,601 bytes, 1 more than the limit of 25,600 (25 KB) for one value.',
      details: { field: 'KEY' },
    });
  });
});

describe('a path', () => {
  it.each(['shop', 'shop/prod', 'shop/prod/', '/shop/prod/', 'A-b_9', 'x'.repeat(64)])(
    '%s is allowed',
    (path) => {
      expect(pathProblem(platformLimits, path)).toBeUndefined();
    },
  );

  it.each([
    ['shop.v2', 'The path has “.”, which is not allowed in the name of a new environment.'],
    ['my shop', 'The path has a space, which is not allowed in the name of a new environment.'],
    [`shop/${'x'.repeat(65)}/`, '“xxxxxxxxxxxx…” has 65 characters.'],
  ])('%s is refused', (path, message) => {
    expect(pathProblem(platformLimits, path)).toMatchObject({ code: 'NAME_NOT_ALLOWED', message });
  });
});
