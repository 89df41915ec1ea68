/** The activity log through the router. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ActivityEntry, ActivityFilter } from '@shared/model/activity';
import { adding, startCore, type TestCore } from '@test/support/core';

let core: TestCore;

beforeEach(async () => {
  core = await startCore();
});

const list = (filter: ActivityFilter & { before?: number; limit?: number } = {}) =>
  core.client.activity.list({ workspaceId: core.workspaceId, limit: 100, ...filter });

const exported = (filter: ActivityFilter = {}) =>
  core.client.activity.export({ workspaceId: core.workspaceId, ...filter });

const details = (entries: readonly ActivityEntry[]): (string | undefined)[] =>
  entries.map(({ detail }) => detail);

describe('a filter', () => {
  beforeEach(async () => {
    const id = await core.create('Ünter_100%', { API_KEY: '1', DB_HOST: '2' });
    await core.client.environments.reveal({ id, key: 'API_KEY' });
    await core.client.environments.copy({ id, key: 'DB_HOST' });
    await core.client.environments.rename({ id, name: 'production' });
    const base = await core.base(id);
    const twice = adding({ A: '1' });
    await core.client.environments
      .save({
        id,
        base,
        changes: { ...twice, additions: [...twice.additions, ...twice.additions] },
      })
      .catch(() => undefined);
  });

  it('is by action', async () => {
    expect(details(await list({ actions: ['revealed', 'copied'] }))).toEqual([
      'DB_HOST',
      'API_KEY',
    ]);
    expect(await list({ actions: ['pulled'] })).toEqual([]);
    expect(await list({ actions: [] })).toEqual([]);
  });

  it('is by outcome', async () => {
    expect(details(await list({ outcome: 'failed' }))).toEqual(['There would be two variables A.']);
    expect(await list({ outcome: 'done' })).toHaveLength(5);
  });

  it('is by text, in environment, path or detail, taken literally', async () => {
    expect(details(await list({ text: 'api_key' }))).toEqual(['API_KEY']);
    expect(await list({ text: 'production' })).toHaveLength(2);
    expect(await list({ text: 'Ünter' })).toHaveLength(5);
    expect(await list({ text: '100%' })).toHaveLength(5);
    expect(await list({ text: '100_' })).toEqual([]);
    expect(await list({ text: '%' })).toHaveLength(5);
    expect(await list({ text: String.raw`\ ` })).toEqual([]);
    expect(await list({ text: `' OR 1=1 --` })).toEqual([]);
  });

  it('is by all of them at once', async () => {
    expect(
      details(await list({ actions: ['revealed', 'saved'], outcome: 'done', text: 'Ünter' })),
    ).toEqual(['API_KEY', '2 added']);
  });

  it('goes through the pages', async () => {
    const whole = await list();
    const pages: ActivityEntry[] = [];
    for (;;) {
      const before = pages.at(-1)?.id;
      const page = await list({ limit: 2, ...(before !== undefined && { before }) });
      if (page.length === 0) break;
      pages.push(...page);
    }
    expect(whole).toHaveLength(6);
    expect(pages).toEqual(whole);
  });

  it('holds for the export too, which is oldest first', async () => {
    const { text } = await exported({ actions: ['revealed', 'copied'] });
    expect(
      text
        .split('\n')
        .filter((line) => line !== '')
        .map(parse),
    ).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
        workspace: 'Personal',
        action: 'revealed',
        outcome: 'done',
        environment: 'Ünter_100%',
        detail: 'API_KEY',
        caller: { kind: 'window' },
      },
      expect.objectContaining({ action: 'copied', detail: 'DB_HOST' }),
    ]);
  });
});

describe('the export', () => {
  it('is one JSON object a line, whatever a name holds', async () => {
    await core.create('line\u2028break "and" quotes');
    const { text, fileName } = await exported();
    expect(text.endsWith('\n')).toBe(true);
    expect(text.trimEnd().split('\n').map(parse)).toEqual([
      expect.objectContaining({ environment: 'line\u2028break "and" quotes' }),
    ]);
    expect(fileName).toMatch(/^activity-personal-\d{4}-\d{2}-\d{2}\.jsonl$/);
  });

  it('is named after the workspace, by nothing that a file name cannot hold', async () => {
    const { id } = await core.client.workspaces.create({ name: '../Payments: EU' });
    const { fileName } = await core.client.activity.export({ workspaceId: id });
    expect(fileName).toMatch(/^activity-payments-eu-[\d-]+\.jsonl$/);
    await core.client.workspaces.rename({ id, name: '***' });
    expect((await core.client.activity.export({ workspaceId: id })).fileName).toMatch(
      /^activity-\d{4}-[\d-]+\.jsonl$/,
    );
  });

  it('is empty where nothing was done', async () => {
    expect((await exported()).text).toBe('');
  });

  it('keeps workspaces apart', async () => {
    await core.create('production');
    const { id } = await core.client.workspaces.create({ name: 'Payments' });
    const { text } = await core.client.activity.export({ workspaceId: id });
    expect(text).toContain('workspace-created');
    expect(text).not.toContain('production');
  });
});

const parse = (line: string): unknown => JSON.parse(line);
