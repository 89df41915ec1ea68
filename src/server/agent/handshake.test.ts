import { expect, it, vi } from 'vitest';
import { failureOf } from '@test/support/failure-of';
import { answerTo, FIRST_MESSAGE_BYTES, greet, isWelcome } from './handshake';

// One in the middle, so that there are an older and a newer one.
vi.mock(import('@shared/contract/agent/version'), async (original) => ({
  ...(await original()),
  AGENT_CONTRACT_VERSION: 6 as const,
}));

const answering = { version: '5.0.0', host: 'desktop', token: undefined } as const;
const hello = greet({ version: '5.0.1', kind: 'cli', process: { pid: 1 } }, undefined);

it.each([
  [5, '4.0.0', 'It is of Strongroom 4.0.0, which is older: update it.'],
  [7, '6.0.0', 'It is of Strongroom 6.0.0, which is newer: update this one.'],
])('the core says which side to update for a client of version %i', (contract, version, why) => {
  // Whatever else a greeting of that version may hold.
  const answer = answerTo(JSON.stringify({ contract, version, who: ['else'] }), answering);
  expect(answer).toEqual({
    welcome: { contract: 6, version: '5.0.0', answer: 'refused', because: 'version' },
    refused: why,
  });
});

it.each([
  [5, '4.0.0', 'Update the Strongroom that is running: it is the older one.'],
  [7, '6.0.0', 'Update this program: it is the older one.'],
])(
  'a client says which side to update for a core of version %i',
  async (contract, version, hint) => {
    const answer = JSON.stringify({ contract, version, result: 'something new' });
    const failure = await failureOf(
      Promise.resolve().then(() => isWelcome(answer, hello, undefined)),
    );
    expect(failure).toMatchObject({
      code: 'VERSION_MISMATCH',
      message: expect.stringMatching(/Strongroom 5\.0\.1, .* [46]\.0\.0/) as string,
      hint,
    });
  },
);

it('both ends of the same version let each other in, with or without a token', () => {
  for (const token of [undefined, 'token']) {
    const greeting = greet({ version: '5.0.1', kind: 'sdk', process: { pid: 1 } }, token);
    const { hello: heard, welcome } = answerTo(JSON.stringify(greeting), { ...answering, token });
    expect(heard).toMatchObject({ kind: 'sdk' });
    expect(isWelcome(JSON.stringify(welcome), greeting, token)).toBe(true);
    const another = greet({ version: '5.0.1', kind: 'sdk', process: { pid: 1 } }, token);
    expect(isWelcome(JSON.stringify(welcome), another, token)).toBe(token === undefined);
  }
});

it('a client does not take anything else for a welcome', () => {
  for (const answer of [null, [], 'welcome', {}, { contract: 6, version: '5' }]) {
    expect(isWelcome(JSON.stringify(answer), hello, undefined)).toBe(false);
  }
});

it('a greeting fits into the first message, however long the name of its program is', () => {
  const name = '長'.repeat(5000);
  const greeting = greet({ version: '5', kind: 'serve', process: { pid: 2 ** 31, name } }, 'token');
  expect(Buffer.byteLength(JSON.stringify(greeting))).toBeLessThan(FIRST_MESSAGE_BYTES);
});
