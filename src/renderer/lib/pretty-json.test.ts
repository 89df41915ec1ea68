import { expect, it } from 'vitest';
import { prettyJson } from './pretty-json';

it('lays out nested values and keeps every digit', () => {
  expect(prettyJson('{"cpu":2.50,"id":12345678901234567890,"hosts":["a",{}],"none":[]}')).toBe(
    `{
  "cpu": 2.50,
  "id": 12345678901234567890,
  "hosts": [
    "a",
    {}
  ],
  "none": []
}`,
  );
});

it('leaves a text that is no JSON as it is', () => {
  expect(prettyJson('{not json')).toBe('{not json');
});
