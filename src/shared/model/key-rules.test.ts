import { describe, expect, it } from 'vitest';
import { keyIssue } from './key-rules';

const others = new Set(['API_KEY', 'path']);

describe('keyIssue', () => {
  it.each(['DB_HOST', '_X', 'a1'])('finds nothing odd in %j', (key) => {
    expect(keyIssue(key, others)).toBeUndefined();
  });

  it.each(['', 'API_KEY'])('refuses %j', (key) => {
    expect(keyIssue(key, others)?.level).toBe('error');
  });

  it.each([
    ['PATH', /Windows/],
    ['api_key', /Windows/],
    ['1ST', /shell/],
    ['with-hyphen', /shell/],
    ['größe', /shell/],
    [' A', /space/],
    ['A\u0007', /seen \(U\+0007\)/],
    ['API\u200bKEY', /The key holds a character that cannot be seen \(U\+200B\)/],
    ['A\u00a0B', /seen \(U\+00A0\)/],
    ['A\u202eB', /seen \(U\+202E\)/],
    ['A\u3164', /seen \(U\+3164\)/],
  ])('warns of %j', (key, message) => {
    expect(keyIssue(key, others)).toMatchObject({ level: 'warning' });
    expect(keyIssue(key, others)?.message).toMatch(message);
  });
});
