import { describe, expect, it } from 'vitest';
import { childEnvironment } from './environment';

describe('childEnvironment', () => {
  it('keeps variables with the names of properties of objects', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const environment = childEnvironment(
      { PATH: '/bin' },
      new Map(names.map((name) => [name, 'x'])),
    );
    expect(Object.entries(environment)).toEqual([
      ['PATH', '/bin'],
      ...names.map((name) => [name, 'x']),
    ]);
  });
});
