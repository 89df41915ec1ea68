import { expect, it } from 'vitest';
import { defaultPolicy, parseHours, type Policy } from './policy';
import { policySentence } from './policy-words';

const sentence = (policy: Partial<Policy>, zone?: string): string =>
  policySentence({ ...defaultPolicy, ...policy }, zone);

const everybody: Policy['callers'] = {
  window: 'allow',
  cli: 'allow',
  sdk: 'allow',
  mcp: 'allow',
  serve: 'allow',
};

const hours = (text: string): Policy['hours'] => {
  const read = parseHours(text);
  if (read === undefined) throw new Error(`${text} are no hours`);
  return [read];
};

it('says who may use a grant', () => {
  expect(sentence({})).toBe(
    'The window, the command line and the library may use it, MCP clients after a person allows it, and other machines not at all.',
  );
  expect(sentence({ callers: everybody })).toBe(
    'The window, the command line, the library, MCP clients and other machines may use it.',
  );
  expect(sentence({ ask: true })).toBe(
    'The window, the command line, the library and MCP clients may use it each time after a person allows it, and other machines not at all.',
  );
  const nobody = Object.fromEntries(Object.keys(everybody).map((kind) => [kind, 'deny']));
  expect(sentence({ callers: nobody as Policy['callers'] })).toBe('Nobody may use it.');
  const asked = Object.fromEntries(Object.keys(everybody).map((kind) => [kind, 'ask']));
  expect(sentence({ callers: { ...(asked as Policy['callers']), serve: 'deny' } })).toBe(
    'The window, the command line, the library and MCP clients may use it after a person allows it, and other machines not at all.',
  );
});

it('says what for and when', () => {
  const policy: Partial<Policy> = {
    callers: everybody,
    clients: ['report'],
    methods: ['GET', 'HEAD', 'POST'],
    paths: ['/v1', '/v2'],
    hours: hours('mon-fri 09:00-17:00 Europe/Berlin'),
    addresses: ['10.0.0.0/8'],
    rate: { requests: 100, seconds: 60 },
    expiresAt: Date.UTC(2027, 0, 1),
  };
  expect(sentence(policy)).toBe(
    'The window, the command line, the library, MCP clients and other machines may use it; only for the program report, with GET, HEAD or POST, on paths below /v1 or /v2, on Monday to Friday from 09:00 to 17:00 (Europe/Berlin), from 10.0.0.0/8, at most 100 times in any minute, until 1 January 2027 at 00:00 UTC.',
  );
});

it.each([
  [{ rate: { requests: 1, seconds: 3600 } }, 'at most once in any hour'],
  [{ rate: { requests: 5, seconds: 90 } }, 'at most 5 times in any 90 seconds'],
  [{ rate: { requests: 5, seconds: 172_800 / 2 } }, 'at most 5 times in any day'],
  [{ rate: { requests: 5, seconds: 7200 } }, 'at most 5 times in any 2 hours'],
  [
    { hours: hours('sat,sun 22:00-06:00 UTC') },
    'only on Saturday and Sunday from 22:00 to 06:00 (UTC)',
  ],
  [{ hours: hours('mon-sun 08:00-20:00 UTC') }, 'only from 08:00 to 20:00 (UTC)'],
  [{ hours: hours('mon 00:00-24:00 UTC') }, 'only on Monday all day (UTC)'],
] satisfies [Partial<Policy>, string][])('%j reads well', (policy, words) => {
  expect(sentence({ callers: everybody, ...policy })).toBe(
    `The window, the command line, the library, MCP clients and other machines may use it; ${words}.`,
  );
});

it('writes the end in the zone of the reader', () => {
  const text = sentence({ expiresAt: Date.UTC(2027, 0, 1) }, 'Asia/Tokyo');
  expect(text).toContain('until 1 January 2027 at 09:00 ');
});
