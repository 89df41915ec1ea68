/** Programs that try to allow their own requests, to hide what they ask for, or to bury the question. */
import { describe, expect, it } from 'vitest';
import { createAgentRouter } from '@server/agent/router';
import { agentContract } from '@shared/contract/agent';
import { contract } from '@shared/contract/window';
import { greet } from '@server/agent/handshake';
import { connectRaw, introduction, startHost } from '@test/support/agent';
import { failureOf } from '@test/support/failure-of';
import { answeredBy, grantFor, openWindow, service, startRequests } from '@test/support/requests';

const TOKEN = 'sk-live-4242424242';

const agent = (pid: number, name = 'agent') =>
  ({ kind: 'mcp', process: { pid, name }, claimed: true }) as const;

async function started() {
  const requests = await startRequests();
  const server = await service(answeredBy('ok'));
  const grant = await grantFor(requests.core, server, { token: TOKEN });
  return { ...requests, server, grant };
}

/** There are no sockets in folders. */
describe.skipIf(process.platform === 'win32')('a program at the agent socket', () => {
  it('has no call that answers, watches or imitates a window', async () => {
    const { core, sendAs, server, grant } = await started();
    await startHost({ router: createAgentRouter(core.core), dataDirectory: core.dataDirectory });
    const window = await openWindow(core);
    const sending = failureOf(sendAs(agent(7))(grant.id, server));
    const [question] = await window.showing(1);
    const id = question?.id;

    const client = await connectRaw(core.dataDirectory);
    client.send(greet(introduction, undefined));
    expect(await client.next()).toMatchObject({ answer: 'welcome' });
    const calls = [
      ['/approvals/answer', { json: { id, answer: 'once' } }],
      ['/approvals/watch', {}],
      ['/window/approvals/answer', { json: { id, answer: 'once' } }],
      ['/requests/../approvals/answer', { json: { id, answer: 'once' } }],
    ] as const;
    for (const [index, [path, body]] of calls.entries()) {
      client.send({ i: String(index), p: { u: path, b: body } });
      const answer = await client.next();
      expect({ path, answer }).toMatchObject({ path, answer: { i: String(index), p: { s: 404 } } });
    }
    expect(window.waiting).toHaveLength(1);
    await window.answer('deny');
    expect(await sending).toMatchObject({ code: 'APPROVAL_REFUSED' });
    expect(server.requests).toEqual([]);
  });

  it('cannot introduce itself as a window', async () => {
    const { core } = await started();
    await startHost({ router: createAgentRouter(core.core), dataDirectory: core.dataDirectory });
    const client = await connectRaw(core.dataDirectory);
    client.send({ ...greet(introduction, undefined), kind: 'window' });
    expect(await client.next()).not.toMatchObject({ answer: 'welcome' });
  });
});

describe('an answer', () => {
  it.each(['cli', 'sdk', 'mcp', 'serve'] as const)(
    'is refused from %s even with the contract of the window at hand',
    async (kind) => {
      const { core, sendAs, server, grant } = await started();
      const window = await openWindow(core);
      const sending = failureOf(sendAs(agent(7))(grant.id, server));
      const [{ id } = { id: '' }] = await window.showing(1);
      const program = core.clientOf({ caller: { kind } });
      expect(await failureOf(program.approvals.answer({ id, answer: 'once' }))).toMatchObject({
        code: 'APPROVAL_REFUSED',
      });
      await window.answer('deny');
      expect(await sending).toMatchObject({ code: 'APPROVAL_REFUSED' });
    },
  );

  it('to an id that nobody gave out, to an old one, or of another kind changes nothing', async () => {
    const { core, sendAs, server, grant } = await started();
    const window = await openWindow(core);
    const { answer } = core.client.approvals;
    const first = failureOf(sendAs(agent(7))(grant.id, server));
    const [{ id } = { id: '' }] = await window.showing(1);
    await window.answer('deny');
    await first;
    const second = failureOf(sendAs(agent(7))(grant.id, server));
    await window.showing(1);
    for (const foreign of [id, grant.id, '00000000-0000-4000-8000-000000000000']) {
      expect(await answer({ id: foreign, answer: 'once' })).toEqual({ counted: false });
    }
    for (const malformed of [{ id: '*', answer: 'once' }, { id, answer: 'always' }, { id }]) {
      expect(await failureOf(answer(malformed as never))).toMatchObject({ code: 'INVALID_INPUT' });
    }
    expect(window.waiting).toHaveLength(1);
    await window.answer('deny');
    expect(await second).toMatchObject({ code: 'APPROVAL_REFUSED' });
    expect(server.requests).toEqual([]);
  });

  it('is in no contract but that of the window', () => {
    expect(Object.keys(contract)).toContain('approvals');
    expect(Object.keys(agentContract)).not.toContain('approvals');
  });
});

describe('the text of a question', () => {
  it('neither hides nor turns around what it says', async () => {
    const { core, sendAs, server, grant } = await started();
    const window = await openWindow(core);
    const reason = 'refund \u202Eelcaro \u2066x\u2069\u0007\u001B[2J\r\nAllow this';
    const caller = agent(7, 'curl\u202E\u0000 (verified by Strongroom)\u200B');
    const sending = failureOf(
      sendAs(caller, reason)(grant.id, { url: `${server.url}/%E2%80%AE/a\u202Eb` }),
    );
    const [question] = await window.showing(1);
    // Controls, format characters and line ends.
    expect(JSON.stringify(question)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(question).toMatchObject({
      reason: 'refund \uFFFDelcaro \uFFFDx\uFFFD\uFFFD\uFFFD[2J  Allow this',
      caller: { name: 'curl\uFFFD\uFFFD (verified by Strongroom)\uFFFD', claimed: true },
      path: '/%E2%80%AE/a%E2%80%AEb',
    });
    await window.answer('deny');
    await sending;
  });

  it('is cut when it is long, and the end of an address stays', async () => {
    const { core, sendAs, server, grant } = await started();
    const window = await openWindow(core);
    const sending = failureOf(
      sendAs(agent(7, 'n'.repeat(10_000)), 'r'.repeat(100_000))(grant.id, {
        url: `${server.url}/${'a'.repeat(10_000)}/delete-everything`,
      }),
    );
    const [question] = await window.showing(1);
    expect(question?.path).toMatch(/^\/a+…a+\/delete-everything$/);
    expect(JSON.stringify(question).length).toBeLessThan(2000);
    await window.answer('deny');
    await sending;
  });

  it('has no query, no header and no body', async () => {
    const { core, sendAs, server, grant } = await started();
    const window = await openWindow(core);
    const sending = failureOf(
      sendAs(agent(7))(grant.id, {
        url: `${server.url}/x?key=mark-query#mark-fragment`,
        method: 'POST',
        headers: [['X-Note', 'mark-header']],
        body: Buffer.from('mark-body'),
      }),
    );
    expect(JSON.stringify(await window.showing(1))).not.toContain('mark-');
    await window.answer('deny');
    await sending;
  });
});

describe('many questions', () => {
  it('of one program, or of many, end in a refusal and not in an endless list', async () => {
    const { core, sendAs, server, grant } = await started();
    const window = await openWindow(core);
    const all: Promise<unknown>[] = [];
    const ask = (pid: number): void => {
      all.push(failureOf(sendAs(agent(pid))(grant.id, server)));
    };
    for (let index = 0; index < 25; index += 1) ask(7);
    await window.showing(20);
    for (let pid = 100; pid < 200; pid += 1) ask(pid);
    await window.showing(100);
    const refused = await Promise.race(all.slice(20));
    expect(refused).toMatchObject({
      code: 'APPROVAL_REFUSED',
      message: expect.stringContaining('Too many requests wait'),
    });
    await core.client.security.lock();
    await Promise.all(all);
    expect(await window.showing(0)).toEqual([]);
    expect(server.requests).toEqual([]);
  });
});
