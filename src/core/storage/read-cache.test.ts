import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { Database } from './database';
import { ReadCache } from './read-cache';

let database: Database;
let cache: ReadCache<string | undefined>;
let reads: number;

beforeEach(() => {
  database = new Database(`${temporaryDirectory()}/a.db`);
  onTestFinished(() => {
    database.close();
  });
  database.execute('CREATE TABLE names (name TEXT); CREATE TABLE log (line TEXT)');
  database.run(`INSERT INTO names VALUES ('one')`);
  cache = new ReadCache(database);
  reads = 0;
});

const name = (): string | undefined =>
  cache.get('name', () => {
    reads += 1;
    const row = database.get('SELECT name FROM names');
    return row && String(row['name']);
  });

describe('what was read', () => {
  it('is read once, also while a log grows', () => {
    expect([name(), name()]).toEqual(['one', 'one']);
    database.append(`INSERT INTO log VALUES ('line')`);
    expect(name()).toBe('one');
    expect(reads).toBe(1);
  });

  it('is read again after a change, and after a change that was taken back', () => {
    expect(name()).toBe('one');
    database.run(`UPDATE names SET name = 'two'`);
    expect(name()).toBe('two');
    expect(() =>
      database.transaction(() => {
        database.run(`UPDATE names SET name = 'three'`);
        expect(name()).toBe('three');
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(name()).toBe('two');
  });

  it('is asked for again if there was nothing', () => {
    database.run('DELETE FROM names');
    expect(name()).toBeUndefined();
    database.run(`INSERT INTO names VALUES ('new')`);
    expect(name()).toBe('new');
  });
});
