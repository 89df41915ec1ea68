import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkResult, judge, readAnnotations, readPlaywright, readVitest } from './results.mjs';

let folder: string;
const report = async (content: unknown): Promise<string> => {
  const file = join(folder, 'report.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strongroom-results-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('readVitest', () => {
  test('counts every outcome once and keeps the names', async () => {
    const file = await report({
      testResults: [
        {
          name: '/a.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'passed', ancestorTitles: ['a', 'b'], title: 'c' },
            { status: 'failed', ancestorTitles: [], title: 'd' },
            { status: 'pending', ancestorTitles: [], title: 'e' },
            { status: 'skipped', ancestorTitles: [], title: 'f' },
            { status: 'todo', ancestorTitles: [], title: 'g' },
          ],
        },
      ],
    });
    expect(readVitest(file)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 3,
      ran: ['a › b › c', 'd'],
      skippedNames: ['e', 'f', 'g'],
      failedNames: ['d'],
    });
  });

  test('counts a file that could not be loaded as a failure', async () => {
    const file = await report({
      testResults: [{ name: '/a.test.ts', status: 'failed', assertionResults: [] }],
    });
    expect(readVitest(file)).toMatchObject({ failed: 1, failedNames: ['/a.test.ts'] });
  });
});

describe('readPlaywright', () => {
  test('counts nested suites, with the reason of what was skipped', async () => {
    const spec = (title: string, status: string, description?: string) => ({
      title,
      tests: [
        {
          projectName: 'browser',
          status,
          annotations: [
            { type: 'electron', description: '45.0.0' },
            ...(description === undefined ? [] : [{ type: 'skip', description }]),
          ],
        },
      ],
    });
    const file = await report({
      errors: [],
      suites: [
        {
          title: 'a.spec.ts',
          specs: [spec('one', 'expected')],
          suites: [
            {
              title: 'inner',
              specs: [
                spec('two', 'unexpected'),
                spec('three', 'flaky'),
                spec('four', 'skipped', 'No runtime.'),
              ],
            },
          ],
        },
      ],
    });
    expect(readPlaywright(file)).toMatchObject({
      passed: 1,
      failed: 2,
      skipped: 1,
      skippedNames: ['[browser] › a.spec.ts › inner › four — No runtime.'],
    });
    expect(readAnnotations(file, 'electron')).toEqual(['45.0.0']);
    expect(readAnnotations(file, 'fixme')).toEqual([]);
  });

  test('counts an error outside of any test', async () => {
    expect(readPlaywright(await report({ errors: [{}], suites: [] })).failed).toBe(1);
  });
});

describe('judge', () => {
  const suite = { name: 'unit', exitCode: 0 };

  test('a runner that ended badly has failed, though no test did', async () => {
    const passed = checkResult('a', true);
    expect(judge(passed, { ...suite, exitCode: 1 }).failedNames).toEqual(['unit: ended with 1']);
  });

  test.each([
    ['no report', '/nonexistent/report.json'],
    ['a report that is none', 'nonsense'],
  ])('%s is a failure', async (_case, content) => {
    const file = content.startsWith('/') ? content : await report(content);
    expect(judge(readVitest(file), suite).failedNames).toEqual(['unit: ran no test']);
  });

  test('a suite that skipped everything is a failure, but where it may', async () => {
    const skipped = {
      testResults: [
        {
          name: '/a.test.ts',
          status: 'passed',
          assertionResults: [{ status: 'pending', ancestorTitles: [], title: 'e' }],
        },
      ],
    };
    const file = await report(skipped);
    expect(judge(readVitest(file), suite).failed).toBe(1);
    expect(judge(readVitest(file), { ...suite, mayBeAllSkipped: true }).failed).toBe(0);
  });

  test('failures are not counted twice', () => {
    expect(judge(checkResult('a', false), { ...suite, exitCode: 1 }).failed).toBe(1);
  });
});
