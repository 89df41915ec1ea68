import { expect, it } from 'vitest';
import { anchorOf } from './anchor';

it.each([
  ['KV v1 or v2', 'kv-v1-or-v2'],
  ['When both sides changed', 'when-both-sides-changed'],
  ['What is where?', 'what-is-where'],
  ['A user’s key', 'a-users-key'],
])('gives %j the anchor that GitHub gives it', (heading, anchor) => {
  expect(anchorOf(heading)).toBe(anchor);
});
