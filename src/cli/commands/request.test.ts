/** `strongroom request` while a person at a window is asked. */
import { describe, expect, it } from 'vitest';
import { createAgentRouter } from '@server/agent/router';
import { startHost } from '@test/support/agent';
import { TestCommand } from '@test/support/command';
import { answeredBy, grantFor, openWindow, service, startRequests } from '@test/support/requests';

const WAITING = 'Waiting until somebody allows this request in the window.\n';

async function started() {
  const { core } = await startRequests();
  const { dataDirectory } = core;
  await startHost({ router: createAgentRouter(core.core), dataDirectory });
  const server = await service(answeredBy('the answer'));
  const grant = await grantFor(core, server, { token: 'sk-live-4242424242' });
  const policy = { ...grant.policy, ask: true } as const;
  await core.core.grants.update(grant.id, { settings: { policy } });
  const command = new TestCommand({ dataDirectory });
  const args = ['request', 'service', 'GET', `${server.url}/v1`, '--reason', 'to look'];
  return { core, server, command, args };
}

/** There are no sockets in folders. */
describe.skipIf(process.platform === 'win32')('strongroom request', () => {
  it('says that it waits for a person, and prints the answer once one has allowed it', async () => {
    const { core, command, args } = await started();
    const window = await openWindow(core);
    const running = command.run(args);
    expect(await window.showing(1)).toMatchObject([
      {
        caller: { kind: 'cli', name: 'strongroom', claimed: true },
        reason: 'to look',
        grant: { name: 'service' },
        path: '/v1',
      },
    ]);
    await window.answer('once');
    expect(await running).toEqual({ code: 0, out: 'the answer', err: WAITING });
  });

  it('fails with the reason when the person denies it, or no window is open', async () => {
    const { core, server, command, args } = await started();
    const without = await command.run(args);
    expect(without.code).not.toBe(0);
    expect(without.err).toContain('no window of Strongroom is open to ask in');
    const window = await openWindow(core);
    const running = command.run(args);
    await window.showing(1);
    await window.answer('deny');
    const denied = await running;
    expect(denied).toMatchObject({ code: without.code, out: '' });
    expect(denied.err).toContain(WAITING);
    expect(denied.err).toContain('denied this request');
    expect(server.requests).toEqual([]);
  });

  it('takes the question along when it is interrupted', async () => {
    const { core, server, command, args } = await started();
    const window = await openWindow(core);
    const interrupt = new AbortController();
    const running = command.run(args, { signal: interrupt.signal });
    await window.showing(1);
    interrupt.abort();
    expect((await running).code).not.toBe(0);
    expect(await window.showing(0)).toEqual([]);
    expect(server.requests).toEqual([]);
  });
});
