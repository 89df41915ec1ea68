import { describe, expect, it } from 'vitest';
import { inCall } from '@core/call';
import { Notices } from '@core/notices/notices';
import { Changes } from './changes';

const WORKSPACE = 'workspace';

/** A watcher over one connection: how many changes it was told, once everything has settled. */
function watch(changes: Changes, connection: object) {
  const aborter = new AbortController();
  let told = 0;
  const events = inCall({ caller: { kind: 'window' }, connection }, () =>
    changes.watch(WORKSPACE, aborter.signal),
  );
  const done = (async () => {
    // The generator runs in the call that asks for the next event, as `streamInCall` does it.
    for (;;) {
      const next = await inCall({ caller: { kind: 'window' }, connection }, () => events.next());
      if (next.done === true) return;
      told += 1;
    }
  })();
  return {
    told: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return told;
    },
    end: async () => {
      aborter.abort();
      await done;
    },
  };
}

describe('a window', () => {
  it('is told what others change, and not what it changes itself', async () => {
    const changes = new Changes();
    const [mine, theirs] = [{}, {}];
    const watcher = watch(changes, mine);
    const by = (connection: object | undefined) =>
      inCall({ caller: { kind: 'window' }, connection }, () => {
        changes.note({ action: 'saved', workspaceId: WORKSPACE });
      });
    by(mine);
    expect(await watcher.told()).toBe(0);
    by(theirs);
    expect(await watcher.told()).toBe(1);
    // A program, and Strongroom itself.
    by(undefined);
    expect(await watcher.told()).toBe(2);
    changes.note({ action: 'workspace-renamed' });
    expect(await watcher.told()).toBe(3);
    await watcher.end();
    by(theirs);
    expect(await watcher.told()).toBe(3);
  });

  it('hears of a new notice, even one that it caused itself', async () => {
    const changes = new Changes();
    const mine = {};
    const watcher = watch(changes, mine);
    const notices = new Notices([], () => {
      changes.tellAll();
    });
    inCall({ caller: { kind: 'window' }, connection: mine }, () => {
      notices.add({ id: 'update', level: 'info', title: 'A new version', text: 'Get it.' });
    });
    expect(await watcher.told()).toBe(1);
    expect(notices.list()).toMatchObject([{ id: 'update' }]);
    await watcher.end();
  });

  it('is not told of reading, nor of another workspace', async () => {
    const changes = new Changes();
    const watcher = watch(changes, {});
    changes.note({ action: 'revealed', workspaceId: WORKSPACE });
    changes.note({ action: 'copied', workspaceId: WORKSPACE });
    changes.note({ action: 'saved', workspaceId: 'another' });
    expect(await watcher.told()).toBe(0);
    await watcher.end();
  });
});
