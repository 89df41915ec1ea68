import { expect, it } from 'vitest';
import { expectedVariablesSchema } from '../expected';
import { readExpected } from './read-expected';

it('reads a .env.example: keys, comments as notes, and types that are clear', () => {
  const text = `# Settings of the shop
# ====================

# Where orders are kept.
#   PostgreSQL 15 or later.
DATABASE_URL=postgres://user:password@localhost/shop
PORT=3000
DEBUG=false
# OLD_NAME=1
# Ask in #shop for one.
API_KEY=
ZIP=01234
SIZES=1,2
export TEXT="two
# no comment
lines"
AFTER=x
`;
  const { variables, problems } = readExpected(text);
  expect(variables).toEqual([
    {
      key: 'DATABASE_URL',
      type: 'url',
      note: 'Where orders are kept. PostgreSQL 15 or later.',
    },
    { key: 'PORT', type: 'integer' },
    { key: 'DEBUG', type: 'boolean' },
    { key: 'API_KEY', note: 'Ask in #shop for one.' },
    { key: 'ZIP' },
    { key: 'SIZES' },
    { key: 'TEXT' },
    { key: 'AFTER' },
  ]);
  expect(problems).toEqual([]);
  expect(expectedVariablesSchema.safeParse(variables).success).toBe(true);
});

it('reads a list of keys, and says which lines are none', () => {
  const { variables, problems } = readExpected(
    'API_KEY\r\n  DATABASE_URL  # the database\r\nnot a key\r\nPORT=\r\nAPI_KEY\r\n',
  );
  expect(variables).toEqual([{ key: 'API_KEY' }, { key: 'DATABASE_URL' }, { key: 'PORT' }]);
  expect(problems.map(({ line }) => line)).toEqual([3]);
});
