import { expect, test } from 'vitest';
import { missingFuses, wrongFuses } from './fuses.mjs';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const SOUND = '01001100';

const binary = (...wires: string[]): Buffer =>
  Buffer.concat(
    wires.flatMap((states) => [
      Buffer.from('code'),
      Buffer.from(SENTINEL),
      Buffer.from([1, states.length]),
      Buffer.from(states),
    ]),
  );

test('finds nothing wrong with the right fuses', () => {
  expect(wrongFuses(binary(SOUND))).toEqual([]);
  expect(wrongFuses(binary(`${SOUND}1`, SOUND))).toEqual([]);
});

test.each([
  ['11001100', ['runAsNode']],
  ['00001100', ['enableCookieEncryption']],
  [
    '01110000',
    [
      'enableNodeOptionsEnvironmentVariable',
      'enableNodeCliInspectArguments',
      'enableEmbeddedAsarIntegrityValidation',
      'onlyLoadAppFromAsar',
    ],
  ],
  ['0100110', ['grantFileProtocolExtraPrivileges']],
  ['r1001100', ['runAsNode']],
])('%s: %j', (states, names) => {
  expect(wrongFuses(binary(states))).toEqual(names);
});

test('looks at both halves of a universal binary', () => {
  expect(wrongFuses(binary(SOUND, '01001101'))).toEqual(['grantFileProtocolExtraPrivileges']);
});

test('a binary without fuses is wrong', () => {
  expect(wrongFuses(Buffer.from('code'))).toEqual(['there are none']);
});

test('so is a wire of another version', () => {
  const wire = binary(SOUND);
  wire[wire.indexOf(SENTINEL) + SENTINEL.length] = 2;
  expect(wrongFuses(wire)).toEqual(['version 2']);
});

test('an older Electron lacks the newer fuses, and only those are excused', () => {
  const older = binary('0100110');
  expect(missingFuses(binary(SOUND))).toEqual([]);
  expect(missingFuses(older)).toEqual(['grantFileProtocolExtraPrivileges']);
  expect(wrongFuses(older, missingFuses(older))).toEqual([]);
  expect(wrongFuses(binary('1100110'), missingFuses(older))).toEqual(['runAsNode']);
});

test('reads the wire of a binary as large as Electron’s', () => {
  expect(wrongFuses(Buffer.concat([binary(SOUND), Buffer.alloc(180_000_000)]))).toEqual([]);
});
