import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Database } from '@core/storage/database';
import { commandWith } from '@test/support/command';

async function withEntries() {
  const command = await commandWith('production');
  await command.ok(['secret', 'create', 'API_KEY', '--value', '-'], { stdin: 'sk-1234' });
  await command.ok(['--reason', 'to debug', 'secret', 'get', 'API_KEY']);
  await command.ok(['export']);
  return command;
}

describe('strongroom audit', () => {
  it('lists what was done, the newest first, without a value', async () => {
    const command = await withEntries();
    expect(await command.json(['audit'])).toMatchObject([
      { event: 'exported', environment: 'production', caller: { kind: 'cli' } },
      { event: 'revealed', environment: 'production', detail: 'API_KEY', reason: 'to debug' },
    ]);
    const text = await command.ok(['audit', '--event', 'revealed']);
    expect(text).toMatch(/^TIME +EVENT +WHO/);
    expect(text).toContain('production: API_KEY');
    expect(text).not.toContain('sk-1234');
    expect(await command.json(['audit', '--text', 'debug'])).toHaveLength(1);
    expect(await command.json(['audit', '--since', '1h', '-n', '1'])).toHaveLength(1);
    expect(await command.json(['audit', '--until', '2020-01-01'])).toEqual([]);
  });

  it('exports JSON lines and CSV', async () => {
    const command = await withEntries();
    const lines = (await command.ok(['audit', '--format', 'jsonl'])).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      'revealed',
      'exported',
    ]);
    await command.ok(['audit', '--format', 'csv', '-o', 'audit.csv']);
    expect(readFileSync(join(command.cwd, 'audit.csv'), 'utf8')).toMatch(/^seq,at,event,/);
  });

  it('refuses what it does not know', async () => {
    const command = await commandWith('production');
    for (const [option, value, message] of [
      ['--event', 'reveal', 'Did you mean revealed?'],
      ['--since', 'yesterday', '“yesterday” is no time for --since.'],
      ['--limit', '0', '0 is not a valid number for --limit.'],
    ] as const) {
      const { code, err } = await command.run(['audit', option, value]);
      expect(code).toBe(3);
      expect(err).toContain(message);
    }
  });
});

describe('strongroom audit verify', () => {
  it('says that the chain holds, and where it does not', async () => {
    const command = await withEntries();
    const verdict = await command.json(['audit', 'verify']);
    expect(verdict).toMatchObject({ holds: true, entries: 2 });
    const { head } = verdict as { head: string };
    expect(await command.ok(['audit', 'verify', '--contains', head])).toContain('is in the audit');
    expect((await command.run(['audit', 'verify', '--contains', 'abc'])).code).toBe(2);
    const database = new Database(join(command.dataDirectory, 'strongroom.db'));
    database.execute('DROP TRIGGER audit_stays; DELETE FROM audit WHERE seq = 1');
    database.close();
    const broken = await command.run(['audit', 'verify']);
    expect(broken.code).toBe(2);
    expect(broken.out).toContain('broken at entry 2');
    expect(broken.out).toContain('Entries before it were removed.');
  });
});
