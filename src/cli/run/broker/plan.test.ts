/** Which grant a request is for, without a network. */
import { describe, expect, it } from 'vitest';
import { planFor, type Brokered, type ProgramRequest } from './plan';

const variable = (key: string, grant: string, ...hosts: readonly string[]): Brokered => ({
  key,
  secret: 'token',
  placeholder: `strongroom_${key}_0123456789abcdef`,
  grant: { id: grant, name: grant, type: 'bearer', hosts: [...hosts] },
});

const a = variable('A', 'one', 'api.test');
const b = variable('B', 'two', 'other.test/v1');
const c = variable('C', 'three', 'api.test');

const request = (url: string, more: Partial<ProgramRequest> = {}): ProgramRequest => ({
  url: new URL(url),
  headers: [],
  body: undefined,
  isOpen: false,
  ...more,
});

const holding = ({ placeholder }: Brokered): ProgramRequest['headers'] => [
  ['X-Key', `Token ${placeholder}`],
];

describe('the plan for a request', () => {
  it('uses the grant of the placeholder, wherever the placeholder is', () => {
    const basic = Buffer.from(`me:${a.placeholder}`).toString('base64');
    const requests = [
      request('https://api.test/', { headers: holding(a) }),
      request('https://api.test/', { headers: [['Authorization', `Basic ${basic}`]] }),
      request('https://api.test/', { headers: [['Authorization', `Basic ${a.placeholder}`]] }),
      request(`https://api.test/?k=${a.placeholder}`),
      request('https://api.test/', { body: Buffer.from(`{"k": "${a.placeholder}"}`) }),
    ];
    for (const each of requests) {
      expect(planFor([c, a, b], each)).toEqual({
        grant: a.grant,
        placeholders: [{ text: a.placeholder, secret: 'token' }],
        others: ['three', 'two'],
        mixedWith: [],
      });
    }
  });

  it('uses none for a request without a placeholder, and still names a grant of the server', () => {
    const plan = planFor([a, b], request('https://other.test/public'));
    expect(plan).toMatchObject({ grant: b.grant, placeholders: [], others: ['one'] });
    expect(planFor([a, b], request('https://third.test/'))).toBeUndefined();
  });

  it('may need the credential for the rest of a body, if the grant is for it', () => {
    const isOpen = true;
    const covered = planFor([b], request('https://other.test/v1/x', { isOpen }));
    expect(covered?.placeholders).toHaveLength(1);
    const beside = planFor([b], request('https://other.test/v2', { isOpen }));
    expect(beside?.placeholders).toEqual([]);
  });

  it('is one that is refused for a placeholder that its grant has no place for', () => {
    const headers = holding(b);
    expect(planFor([a, b], request('https://api.test/', { headers }))?.grant).toEqual(b.grant);
    const otherPath = request('https://other.test/v2', { headers });
    expect(planFor([a, b], otherPath)).toMatchObject({
      grant: b.grant,
      placeholders: [{ text: b.placeholder }],
    });
    const mixed = request('https://api.test/', { headers: [...holding(a), ...holding(c)] });
    expect(planFor([a, c], mixed)).toMatchObject({ grant: a.grant, mixedWith: ['three'] });
    const strange = request('https://api.test/', { headers: [...holding(a), ...holding(b)] });
    expect(planFor([a, b], strange)).toMatchObject({ grant: b.grant, mixedWith: [] });
  });
});
