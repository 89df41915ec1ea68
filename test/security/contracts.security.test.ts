/** Both contracts against whoever writes their frames: every call, with inputs of every kind, over the real wires. */
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { z } from 'zod';
import { agentContract } from '@shared/contract/agent';
import { contract } from '@shared/contract/window';
import { errorCodes } from '@shared/errors';
import { createAgentRouter } from '@server/agent/router';
import { createWindowRouter } from '@server/window/router';
import { startTestVault, type TestCore } from '@test/support/core';
import { grantFor, service, startRequests } from '@test/support/requests';
import { printFigures, seedOf, sized } from '@test/support/size';
import { inputsOf, textOf, TYPED_SECRET, type Known } from './inputs';
import { agentWire, desktopWire, windowWire, type Frame, type Wire } from './transports';
import { agentGivesValues, windowGivesValues } from './values-given';

vi.setConfig({ testTimeout: 2 * 3_600_000 });

/** Inputs for each call. */
const INPUTS = sized(6, 60);
/** Frames that are no calls. */
const FRAMES = sized(100, 2000);

/** Milliseconds: a call that has not answered by then is given up, as a client may. */
const ANSWERS_WITHIN = 4000;
/** Milliseconds without an event, after which a stream is given up. */
const QUIET = 30;

const CANARIES = {
  synced: 'sk-canary-synced-91d2',
  local: 'sk-canary-local-4c07',
  granted: 'sk-canary-granted-be55',
  token: 'hvs.canary-token-20aa',
} as const;
const passphrase = 'correct horse battery staple';

/** A core in which every canary is in use, and what there is in it. */
async function scene(): Promise<{ readonly core: TestCore; readonly known: Known }> {
  const { core } = await startRequests();
  const vault = await startTestVault();
  vault.token({ id: CANARIES.token, policies: ['root'] });
  vault.kv('secret').put('production', { CANARY: CANARIES.synced });
  await core.useVault({ url: vault.url, rootToken: CANARIES.token });
  await core.pullAll();
  const local = await core.create('laptop');
  await core.save(local, {
    edits: [],
    additions: [{ key: 'CANARY', value: CANARIES.local, secret: true }],
  });
  const seen: string[] = [];
  const server = await service((request, response) => {
    seen.push(request.headers.authorization ?? '');
    response.end(request.headers.authorization);
  });
  const grant = await grantFor(core, server, { token: CANARIES.granted });
  const answer = core.core.requests.send(
    { grant: grant.id },
    { method: 'GET', url: server.url, headers: [] },
    new AbortController().signal,
  );
  for await (const event of answer) if (event.type === 'end') break;
  // They were in use, so that there is something to leak.
  expect(seen).toEqual([`Bearer ${CANARIES.granted}`]);
  const { id: synced } = await core.environment('production');
  expect(await core.values(synced)).toEqual({ CANARY: CANARIES.synced });
  expect(await core.values(local)).toEqual({ CANARY: CANARIES.local });
  const bases = [await core.base(synced), await core.base(local)];
  const known: Known = {
    ids: [synced, local, core.workspaceId, grant.id, '00000000-0000-4000-8000-000000000000'],
    names: {
      base: bases,
      revision: bases,
      environment: ['production', 'laptop', local],
      environments: ['production', 'laptop'],
      grant: ['service', grant.id],
      hosts: [server.url],
      name: ['production', 'laptop', 'service'],
      path: ['production', 'other/path'],
      passphrase: [passphrase],
      reason: ['because'],
      url: [server.url, vault.url, 'http://169.254.169.254/', 'http://127.0.0.1:1/'],
      workspace: ['Personal', core.workspaceId],
    },
  };
  return { core, known };
}

interface Procedure {
  readonly name: string;
  readonly input: z.ZodType | undefined;
}

const isProcedure = (value: unknown): value is { readonly '~orpc': { inputSchema?: z.ZodType } } =>
  typeof value === 'object' && value !== null && '~orpc' in value;

/** Every call of a contract, by its path. Those that end what others need come last. */
function proceduresOf(group: object, above: readonly string[] = []): Procedure[] {
  const all = Object.entries(group).flatMap(([name, each]: [string, unknown]): Procedure[] => {
    const path = [...above, name];
    if (isProcedure(each)) return [{ name: path.join('.'), input: each['~orpc'].inputSchema }];
    return proceduresOf(each as object, path);
  });
  if (above.length > 0) return all;
  const ends = (procedure: Procedure): boolean =>
    /^(security|workspaces\.(remove|switchTo)|backups)|remove|disableSync/.test(procedure.name);
  return [...all.filter((each) => !ends(each)), ...all.filter(ends)];
}

/** Everything that is printed while the test runs. */
function printed(): () => string {
  const spies = [
    ...(['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) =>
      vi.spyOn(console, name).mockReturnValue(),
    ),
    vi.spyOn(process.stderr, 'write').mockReturnValue(true),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return () => spies.flatMap(({ mock }) => mock.calls.map((call) => inspect(call))).join('\n');
}

/** What a text must not have, if it is not the answer of a call that gives values. */
const leaksIn = (text: string): string[] =>
  Object.values(CANARIES).filter((canary) => text.includes(canary));

/** A stack, or a place in the source. */
const PLACE = /\\n +at |node_modules|\.ts:\d+|\.js:\d+/;

class Fuzzer {
  #calls = 0;
  readonly figures = { calls: 0, done: 0, refused: 0, streams: 0, 'given up': 0 };
  readonly complaints: string[] = [];
  /** Calls that succeeded at least once. */
  readonly succeeded = new Set<string>();

  constructor(
    private readonly wire: Wire,
    private readonly givesValues: ReadonlySet<string>,
  ) {}

  /** Makes a call and judges its answer. */
  async call(name: string, input: unknown, body = textOf({ json: input })): Promise<number> {
    this.#calls += 1;
    const id = String(this.#calls);
    const path = `/${name.replaceAll('.', '/')}`;
    this.figures.calls += 1;
    await this.wire.send(`{"i":"${id}","p":{"u":${JSON.stringify(path)},"b":${body}}}`);
    const frame = await this.#answerTo(id, ANSWERS_WITHIN);
    if (frame === undefined) {
      this.figures['given up'] += 1;
      await this.#giveUp(id);
      return 0;
    }
    this.#judge(name, frame);
    if (frame.isStream) {
      this.figures.streams += 1;
      for (
        let next = await this.#answerTo(id, QUIET);
        next;
        next = await this.#answerTo(id, QUIET)
      ) {
        this.#judge(name, next);
        if (next.isLast) return frame.status;
      }
      await this.#giveUp(id);
    }
    return frame.status;
  }

  #giveUp(id: string): Promise<void> {
    return this.wire.send(`{"i":"${id}","t":4}`);
  }

  /** Late frames of other calls are not of interest here. */
  async #answerTo(id: string, withinMs: number): Promise<Frame | undefined> {
    const until = performance.now() + withinMs;
    for (;;) {
      const frame = await this.wire.next(Math.max(0, until - performance.now()));
      if (frame === undefined || frame.id === id) return frame;
    }
  }

  #judge(name: string, { text, status }: Frame): void {
    const isError = status >= 400 || text.includes('"e":"error"');
    if (isError) this.figures.refused += 1;
    else {
      this.figures.done += 1;
      this.succeeded.add(name);
    }
    const complain = (what: string): void => {
      this.complaints.push(`${name}: ${what}: ${text.slice(0, 400)}`);
    };
    if (!isError && this.givesValues.has(name)) return;
    if (leaksIn(text).length > 0) complain('a canary');
    if (!isError) return;
    if (text.includes(TYPED_SECRET)) complain('what was typed');
    if (PLACE.test(text)) complain('a place in the source');
    const [, code = ''] = /"code":"([A-Z_]+)"/.exec(text) ?? [];
    if (code === 'INTERNAL' || !isKnownCode(code)) complain('an error that nobody expected');
  }
}

/** One of the table, or that of the library for a path that leads nowhere. */
const isKnownCode = (code: string): boolean =>
  code === 'NOT_FOUND' || errorCodes.some((known) => known === code);

const contracts = [
  {
    contract: 'window',
    procedures: proceduresOf(contract),
    givesValues: windowGivesValues,
    asks: 'security.protection',
    wire: ({ core }: TestCore) => windowWire(createWindowRouter(core)),
  },
  {
    contract: 'window (desktop)',
    procedures: proceduresOf(contract),
    givesValues: windowGivesValues,
    asks: 'security.protection',
    wire: ({ core }: TestCore) => desktopWire(createWindowRouter(core)),
  },
  {
    contract: 'agent',
    procedures: proceduresOf(agentContract),
    givesValues: agentGivesValues,
    asks: 'status',
    wire: ({ core, dataDirectory }: TestCore) => agentWire(createAgentRouter(core), dataDirectory),
  },
] as const;

/** Unlocks what a call has locked. */
async function reopen(core: TestCore): Promise<void> {
  if (!core.core.security.isLocked()) return;
  const { client } = core;
  await client.security.unlock({ passphrase }).catch(async () => {
    await client.security.unlock({}).catch(() => undefined);
  });
}

describe.each(contracts)('the $contract contract', ({ contract: which, ...parts }) => {
  it('answers every input of every call, without a value, a stack or what was typed', async () => {
    const { core, known } = await scene();
    const output = printed();
    const wire = await parts.wire(core);
    const fuzzer = new Fuzzer(wire, parts.givesValues);
    const seed = seedOf();
    for (const { name, input } of parts.procedures) {
      const inputs = fc.sample(inputsOf(input, known), { seed, numRuns: INPUTS });
      for (const each of inputs) await fuzzer.call(name, each);
      await reopen(core);
      // Whatever it was, others are answered.
      expect(await fuzzer.call(parts.asks, undefined, '{}'), `after ${name}`).toBe(200);
    }
    printFigures(`calls of the ${which} contract, seed ${String(seed)}`, {
      ...fuzzer.figures,
      procedures: parts.procedures.length,
      succeeded: fuzzer.succeeded.size,
    });
    expect(fuzzer.complaints).toEqual([]);
    expect(leaksIn(output() + wire.lines.join())).toEqual([]);
    expect(output() + wire.lines.join()).not.toContain(TYPED_SECRET);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    // Otherwise the inputs are turned away at the door, and the rest is not tested.
    expect(fuzzer.succeeded.size).toBeGreaterThan(parts.procedures.length / 4);
  });

  it('survives every frame, without a word of it', async () => {
    const { core } = await scene();
    const output = printed();
    const wire = await parts.wire(core);
    const fuzzer = new Fuzzer(wire, parts.givesValues);
    const seed = seedOf();
    for (const frame of fc.sample(frames, { seed, numRuns: FRAMES })) {
      await wire.send(frame);
      // What is answered is judged as the answer to a call that nobody knows.
      // The agent host ends the connection, and the next call makes another.
      const first = await fuzzer.call(parts.asks, undefined, '{}');
      expect(first === 200 || (await fuzzer.call(parts.asks, undefined, '{}')) === 200).toBe(true);
    }
    printFigures(`frames of the ${which} contract, seed ${String(seed)}`, { frames: FRAMES });
    expect(fuzzer.complaints).toEqual([]);
    expect(output()).toBe('');
    expect(wire.lines.join()).not.toContain(TYPED_SECRET);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

/** Frames that are no calls, or calls that the serializer of the library reads in a strange way. */
const frames: fc.Arbitrary<string> = fc.oneof(
  fc
    .string({ unit: 'binary', maxLength: 60 })
    .map((text) => text.replaceAll('\n', '') + TYPED_SECRET),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify([value, TYPED_SECRET])),
  fc
    .record(
      {
        i: fc.constantFrom<unknown[]>('a', 1, null, {}, '__proto__', TYPED_SECRET),
        t: fc.constantFrom<unknown[]>(1, 2, 3, 4, 5, '1', null),
        p: fc.record(
          {
            u: fc.constantFrom<unknown[]>(
              '/status',
              '/security/protection',
              '/__proto__/constructor',
              '//',
              '//[',
              '//x:999999',
              '/%',
              '/%2e%2e/x',
              `/${TYPED_SECRET}?x`,
              'http://x',
              7,
            ),
            m: fc.constantFrom<unknown[]>('GET', 'POST', 'TRACE', 'x'.repeat(5000), 1),
            h: fc.constantFrom<unknown[]>(
              { 'content-type': 'multipart/form-data; boundary=x' },
              { 'content-type': 'application/x-www-form-urlencoded' },
              { 'content-type': 'text/event-stream' },
              { 'x-reason': '\u202E'.repeat(3000) },
              { 'content-type': ['a', 'b'], 'content-disposition': 'attachment; filename="../x"' },
              [],
              'x',
            ),
            b: fc.oneof(
              fc.constantFrom<unknown[]>(null, TYPED_SECRET, [], 1, { json: 1, meta: 'x' }),
              fc.record({
                json: fc.jsonValue({ maxDepth: 2 }),
                // Type and place, as the library notes what JSON has no form for.
                meta: fc.array(
                  fc.tuple(
                    fc.integer({ min: -1, max: 9 }),
                    fc.constantFrom<unknown[]>('__proto__', 'constructor', 'id', 0, null),
                    fc.constantFrom<unknown[]>('prototype', 'polluted', 'toString', 1),
                  ),
                  { maxLength: 3 },
                ),
              }),
            ),
          },
          { requiredKeys: [] },
        ),
      },
      // One without an id ends the other calls on the same connection.
      { requiredKeys: ['i'] },
    )
    .map((frame) => JSON.stringify(frame)),
);
