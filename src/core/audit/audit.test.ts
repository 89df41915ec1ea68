/** The audit in a real database. */
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { inCall } from '@core/call';
import type { AuditFilter } from '@shared/model/audit';
import { AuditRows } from '@core/storage/audit';
import { Database } from '@core/storage/database';
import { openDatabase } from '@core/storage/open';
import { Workspaces } from '@core/storage/workspaces';
import { FakeRuntime } from '@test/support/fake-runtime';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { AuditLog } from './audit-log';

let directory: string;
let database: Database;
let runtime: FakeRuntime;
let audit: AuditLog;

beforeEach(() => {
  directory = temporaryDirectory();
  database = openDatabase(directory).database;
  onTestFinished(() => {
    database.close();
  });
  runtime = new FakeRuntime();
  audit = openAudit();
});

const openAudit = (): AuditLog =>
  new AuditLog({
    rows: new AuditRows(database),
    workspaces: new Workspaces(database),
    runtime,
    actor: 'ann',
  });

const GRANT = { id: '6a1f0e0c-0000-4000-8000-000000000001', name: 'stripe' };

async function exported(format: 'jsonl' | 'csv', filter: AuditFilter = {}): Promise<string> {
  const parts: string[] = [];
  for await (const part of audit.export(filter, format)) parts.push(part);
  return parts.join('');
}

/** As somebody with access to the file would: the triggers go first. */
function tamper(sql: string): void {
  const other = new Database(join(directory, 'strongroom.db'));
  other.execute(`DROP TRIGGER audit_keeps; DROP TRIGGER audit_stays; ${sql}`);
  other.close();
}

const fill = (count: number): void => {
  for (let number = 1; number <= count; number += 1) {
    audit.record({ event: 'revealed', detail: `KEY_${String(number)}` });
  }
};

describe('an entry', () => {
  it('has the actor, the caller, the reason and the name of the workspace', () => {
    const [workspace] = new Workspaces(database).list();
    inCall({ caller: { kind: 'sdk', process: { pid: 7, name: 'job' } }, reason: 'nightly' }, () => {
      audit.record({ event: 'revealed', workspaceId: workspace?.id, detail: 'API_KEY' });
    });
    expect(audit.list({ limit: 1 })).toEqual([
      {
        seq: 1,
        at: runtime.now(),
        hash: expect.stringMatching(/^[\da-f]{64}$/),
        event: 'revealed',
        actor: 'ann',
        caller: { kind: 'sdk', process: { pid: 7, name: 'job' } },
        reason: 'nightly',
        workspace: 'Personal',
        detail: 'API_KEY',
      },
    ]);
  });

  it('cannot be changed or removed through the database', () => {
    fill(1);
    expect(() => database.run(`UPDATE audit SET at = 0`)).toThrow('append-only');
    expect(() => database.run(`DELETE FROM audit`)).toThrow('append-only');
    expect(audit.list({ limit: 9 })).toHaveLength(1);
  });
});

describe('the chain', () => {
  it('holds for entries that nobody touched, over several pages', async () => {
    expect(await audit.verify()).toEqual({ holds: true, entries: 0, head: '' });
    database.transaction(() => {
      fill(2500);
    });
    const [last] = audit.list({ limit: 1 });
    expect(await audit.verify()).toEqual({ holds: true, entries: 2500, head: last?.hash });
  });

  it('shows the entry that was changed', async () => {
    fill(3);
    tamper(`UPDATE audit SET content_json = replace(content_json, 'KEY_2', 'KEY_9') WHERE seq = 2`);
    expect(await audit.verify()).toMatchObject({ holds: false, brokenAt: 2, because: 'changed' });
  });

  it('shows that the time of an entry was changed', async () => {
    fill(3);
    tamper('UPDATE audit SET at = at - 1 WHERE seq = 3');
    expect(await audit.verify()).toMatchObject({ holds: false, brokenAt: 3, because: 'changed' });
  });

  it('shows where entries were removed', async () => {
    fill(4);
    tamper('DELETE FROM audit WHERE seq IN (2, 3)');
    expect(await audit.verify()).toMatchObject({ holds: false, brokenAt: 4, because: 'missing' });
  });

  it('shows that the end was removed', async () => {
    fill(4);
    tamper('DELETE FROM audit WHERE seq > 2');
    expect(await audit.verify()).toMatchObject({ holds: false, brokenAt: 2, because: 'cut' });
  });

  it('shows by a hash that was noted earlier that everything was written again', async () => {
    fill(2);
    const { head } = await audit.verify();
    expect(await audit.verify({ contains: head })).toMatchObject({ holds: true, contains: true });
    tamper('DELETE FROM audit; DELETE FROM audit_head');
    const next = openAudit();
    next.record({ event: 'locked' });
    expect(await next.verify({ contains: head })).toMatchObject({ holds: true, contains: false });
  });

  it('shows without that hash that everything was removed while Strongroom ran', async () => {
    fill(2);
    tamper('DELETE FROM audit; DELETE FROM audit_head');
    audit.record({ event: 'locked' });
    expect(await audit.verify()).toMatchObject({ holds: false, brokenAt: 3, because: 'missing' });
  });
});

describe('entries at the same time', () => {
  it('are written together, in their order, each with its own caller', async () => {
    const recorded = ['a', 'b', 'c'].map((reason) =>
      inCall({ caller: { kind: 'sdk' }, reason }, () =>
        audit.recordTogether({ event: 'request', decision: 'allowed' }),
      ),
    );
    expect(audit.list({ limit: 9 })).toEqual([]);
    await Promise.all(recorded);
    expect(audit.list({ limit: 9 }).map(({ seq, reason }) => [seq, reason])).toEqual([
      [3, 'c'],
      [2, 'b'],
      [1, 'a'],
    ]);
    expect(await audit.verify()).toMatchObject({ holds: true, entries: 3 });
  });

  it('fail together if the database cannot be written, and later ones do not', async () => {
    database.execute('ALTER TABLE audit RENAME TO away');
    const failed = await Promise.allSettled([
      audit.recordTogether({ event: 'request' }),
      audit.recordTogether({ event: 'request' }),
    ]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    database.execute('ALTER TABLE away RENAME TO audit');
    await audit.recordTogether({ event: 'request' });
    expect(await audit.verify()).toMatchObject({ holds: true, entries: 1 });
  });

  it('that come while the disk writes follow together', async () => {
    const first = audit.recordTogether({ event: 'request', detail: 'first' });
    audit.flush();
    const later = ['second', 'third'].map((detail) =>
      audit.recordTogether({ event: 'request', detail }),
    );
    expect(audit.list({ limit: 9 }).map(({ detail }) => detail)).toEqual(['first']);
    await Promise.all([first, ...later]);
    expect(audit.list({ limit: 9 }).map(({ detail }) => detail)).toEqual([
      'third',
      'second',
      'first',
    ]);
    expect(await audit.verify()).toMatchObject({ holds: true, entries: 3 });
  });

  it('are not lost when the core closes', async () => {
    void audit.recordTogether({ event: 'request' });
    audit.flush();
    expect(audit.list({ limit: 9 })).toHaveLength(1);
  });
});

describe('a filter', () => {
  beforeEach(async () => {
    audit.record({ event: 'unlocked' });
    await runtime.advance(1000);
    inCall({ caller: { kind: 'sdk' }, reason: 'refund 100%' }, () => {
      audit.record({
        event: 'request',
        grant: GRANT,
        method: 'POST',
        host: 'api.stripe.com',
        path: '/v1/refunds',
        decision: 'allowed',
        rule: 'default',
        status: 200,
        duration: 12,
      });
      audit.record({ event: 'request', grant: GRANT, decision: 'refused', rule: 'host' });
    });
    await runtime.advance(1000);
    audit.record({ event: 'locked' });
  });

  const seqs = (filter: AuditFilter): number[] =>
    audit.list({ ...filter, limit: 10 }).map(({ seq }) => seq);

  it.each([
    ['event', { events: ['unlocked', 'locked'] }, [4, 1]],
    ['grant', { grant: GRANT.id }, [3, 2]],
    ['name of the grant', { grant: 'stripe' }, [3, 2]],
    ['decision', { decision: 'refused' }, [3]],
    ['caller', { callers: ['sdk'] }, [3, 2]],
    ['text, taken literally', { text: '100%' }, [3, 2]],
    ['text in any case', { text: 'STRIPE.com' }, [2]],
    ['text that is a name of a field and no value', { text: 'decision' }, []],
  ] satisfies [string, AuditFilter, number[]][])('is by %s', (_, filter, expected) => {
    expect(seqs(filter)).toEqual(expected);
  });

  it('is by time', () => {
    const now = runtime.now();
    expect(seqs({ since: now - 1000 })).toEqual([4, 3, 2]);
    expect(seqs({ since: now - 1000, until: now })).toEqual([3, 2]);
  });

  it('applies to an export, which is oldest first', async () => {
    const lines = (await exported('jsonl', { grant: GRANT.id })).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([2, 3]);
  });
});

describe('an export', () => {
  it('has every entry once, over several pages', async () => {
    database.transaction(() => {
      fill(2500);
    });
    const lines = (await exported('jsonl')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(
      Array.from({ length: 2500 }, (_, index) => index + 1),
    );
  });

  it('is CSV that a spreadsheet does not run', async () => {
    inCall({ caller: { kind: 'cli' }, reason: '=HYPERLINK("http://x")' }, () => {
      audit.record({ event: 'revealed', detail: 'A, "B"' });
    });
    const [header, line] = (await exported('csv')).split('\r\n');
    expect(header).toMatch(/^seq,at,event,actor,caller,/);
    expect(line).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(line).toContain('"A, ""B"""');
  });
});
