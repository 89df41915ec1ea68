/** The hand-over of the port, from the page through the real preload to main, over real ports. */
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort as NodePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { os, type RouterClient } from '@orpc/server';
import { COMMAND_CHANNEL, CONNECT_MESSAGE, type DesktopBridge } from '@shared/bridge';
import type { WebFrameMain } from 'electron';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { takeConnections } from './connection';
import { servePorts } from './core-side';
import { deferred } from '@test/support/deferred';
import {
  connectEvent,
  createContents,
  ElectronDouble,
  frameOf,
  MessagePortMainDouble,
} from '@test/support/electron-double';

const PAGE = 'strongroom://app';
// A variable, so that this file is not compiled as a part of the preload, which has a DOM.
const PRELOAD: string = '../../../preload/index.ts';

function createRouter() {
  const ended = deferred();
  const router = {
    double: os.input(z.number()).handler(({ input }) => input * 2),
    count: os.handler(async function* ({ signal }) {
      try {
        for (let count = 0; ; count += 1) {
          yield count;
          await new Promise((resolve) => setImmediate(resolve));
          if (signal?.aborted === true) return;
        }
      } finally {
        ended.resolve();
      }
    }),
  };
  return { router, ended: ended.promise };
}

type Client = RouterClient<ReturnType<typeof createRouter>['router']>;

const ports: NodePort[] = [];
const openChannel = (): MessageChannel => {
  const channel = new MessageChannel();
  ports.push(channel.port1, channel.port2);
  return channel;
};
const clientOf = (port: NodePort): Client => {
  const client: Client = createORPCClient(new RPCLink({ port }));
  return client;
};

afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** Main with a window that is open, waiting for its page. */
function main() {
  const double = new ElectronDouble();
  const page = createContents();
  const lines: string[] = [];
  const { router, ended } = createRouter();
  takeConnections(double.electron, {
    accept: servePorts(router, (line) => lines.push(line)).accept,
    owns: (contents) => contents === page.contents,
    origin: PAGE,
    report: (line) => lines.push(line),
  });
  /** What main gets when the preload posts `port`. */
  const receive = (
    received: NodePort[],
    senderFrame?: WebFrameMain | null,
    sender = page.contents,
  ): void => {
    const transferred = received.map((port) => new MessagePortMainDouble(port));
    double.ipcMain.emit(CONNECT_MESSAGE, connectEvent(sender, transferred, senderFrame));
  };
  return { double, page, lines, ended, receive };
}

describe('main', () => {
  test('serves the contract to its own page', async () => {
    const { receive, lines } = main();
    const { port1, port2 } = openChannel();
    receive([port2]);
    expect(await clientOf(port1).double(21)).toBe(42);
    expect(lines).toEqual([]);
  });

  test('serves what was asked before the port arrived', async () => {
    const { receive } = main();
    const { port1, port2 } = openChannel();
    const answer = clientOf(port1).double(4);
    receive([port2]);
    expect(await answer).toBe(8);
  });

  test('serves the page again after a reload', async () => {
    const { receive } = main();
    const first = openChannel();
    receive([first.port2]);
    first.port1.close();
    const second = openChannel();
    receive([second.port2]);
    expect(await clientOf(second.port1).double(1)).toBe(2);
  });

  test('leaves unanswered what is no call, says so once without a word of it, and goes on', async () => {
    const { receive, lines } = main();
    const { port1, port2 } = openChannel();
    receive([port2]);
    const answers: unknown[] = [];
    port1.on('message', (answer) => answers.push(answer));
    const typed = 'typed-by-the-page';
    for (const message of [
      typed,
      `{"i":"${typed}`,
      '',
      'null',
      '[]',
      '{"t":9}',
      null,
      7,
      true,
      undefined,
      [typed],
      { i: '1', p: { u: '/double', b: { json: typed } } },
      new Map([[typed, typed]]),
      new Date(0),
      new ArrayBuffer(8),
      new Float64Array(3),
      Buffer.from([0, 255, 1, 2, 3]),
      Buffer.from(typed),
    ]) {
      port1.postMessage(message);
    }
    expect(await clientOf(port1).double(21)).toBe(42);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain(typed);
    expect(answers).toHaveLength(1);
  });

  test('ends a stream when its page goes away', async () => {
    const { receive, ended } = main();
    const { port1, port2 } = openChannel();
    receive([port2]);
    const stream = await clientOf(port1).count();
    expect(await stream.next()).toEqual({ done: false, value: 0 });
    port1.close();
    await ended;
  });

  const refused: [string, WebFrameMain | null][] = [
    ['a frame that is gone', null],
    ['a frame that is gone', frameOf({ detached: true })],
    ['a frame inside the page', frameOf({ parent: frameOf() })],
    ['the origin https://evil.example', frameOf({ origin: 'https://evil.example' })],
    ['the origin strongroom://app.evil', frameOf({ origin: 'strongroom://app.evil' })],
    ['the origin null', frameOf({ origin: 'null' })],
    ['the origin file://', frameOf({ origin: 'file://' })],
  ];
  test.each(refused)('refuses %s, closes its port and says so', async (reason, frame) => {
    const { receive, lines } = main();
    const { port1, port2 } = openChannel();
    const closed = new Promise<void>((resolve) => {
      port1.once('close', resolve);
    });
    receive([port2], frame);
    await closed;
    expect(lines).toEqual([`Refused a connection from ${reason}.`]);
  });

  test('refuses other contents, even with the right origin', async () => {
    const { receive, lines } = main();
    const { port1, port2 } = openChannel();
    const closed = new Promise<void>((resolve) => {
      port1.once('close', resolve);
    });
    receive([port2], frameOf(), createContents().contents);
    await closed;
    expect(lines).toEqual(['Refused a connection from contents that are not ours.']);
  });

  test.each([0, 2])('refuses a message with %i ports', (count) => {
    const { receive, lines } = main();
    receive(Array.from({ length: count }, () => openChannel().port2));
    expect(lines).toEqual([`Refused a connection from a message with ${String(count)} ports.`]);
  });
});

const renderer = vi.hoisted(() => ({
  posted: [] as { channel: string; message: unknown; transfer: unknown[] }[],
  exposed: new Map<string, unknown>(),
  listeners: new Map<string, (event: unknown, ...args: unknown[]) => void>(),
}));

vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (name: string, value: unknown) => renderer.exposed.set(name, value),
  },
  ipcRenderer: {
    on: (channel: string, listener: (event: unknown, ...args: unknown[]) => void) =>
      renderer.listeners.set(channel, listener),
    postMessage: (channel: string, message: unknown, transfer: unknown[]) =>
      renderer.posted.push({ channel, message, transfer }),
  },
}));

describe('the preload', () => {
  /** As much of a window as the preload sees. */
  class PageWindow extends EventTarget {
    readonly location = { origin: PAGE };
    /** What `window.postMessage` of the page brings about. */
    receive(message: object): void {
      this.dispatchEvent(Object.assign(new Event('message'), message));
    }
  }
  let page: PageWindow;
  const handOver = (port: NodePort): object => ({
    source: page,
    origin: PAGE,
    data: CONNECT_MESSAGE,
    ports: [port],
  });

  beforeEach(async () => {
    renderer.posted.length = 0;
    renderer.exposed.clear();
    renderer.listeners.clear();
    page = new PageWindow();
    vi.stubGlobal('window', page);
    vi.resetModules();
    await import(/* @vite-ignore */ PRELOAD);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test('hands the port of the page to main, which then serves it', async () => {
    const { receive } = main();
    const { port1, port2 } = openChannel();
    const answer = clientOf(port1).double(3);
    page.receive(handOver(port2));
    expect(renderer.posted).toEqual([
      { channel: CONNECT_MESSAGE, message: null, transfer: [port2] },
    ]);
    receive(renderer.posted[0]!.transfer as NodePort[]);
    expect(await answer).toBe(6);
  });

  test('does so once only', () => {
    page.receive(handOver(openChannel().port2));
    page.receive(handOver(openChannel().port2));
    expect(renderer.posted).toHaveLength(1);
  });

  test.each([
    ['another window', { source: new EventEmitter() }],
    ['no window', { source: null }],
    ['another origin', { origin: 'https://evil.example' }],
    ['another message', { data: 'strongroom:other' }],
    ['an object in place of the message', { data: { type: CONNECT_MESSAGE } }],
    ['no port', { ports: [] }],
  ])('hands over nothing for %s, and stays ready for the page', (_case, wrong) => {
    const { port2 } = openChannel();
    page.receive({ ...handOver(port2), ...wrong });
    expect(renderer.posted).toEqual([]);
    page.receive(handOver(port2));
    expect(renderer.posted).toHaveLength(1);
  });

  test('gives the page nothing but commands of the menu and the news of Lock', () => {
    expect([...renderer.exposed.keys()]).toEqual(['strongroom']);
    const bridge = renderer.exposed.get('strongroom') as DesktopBridge;
    expect(Object.keys(bridge)).toEqual(['onCommand', 'onLocked', 'onLink']);
    const heard: unknown[][] = [];
    bridge.onCommand((...args) => heard.push(args));
    const send = renderer.listeners.get(COMMAND_CHANNEL)!;
    send({ sender: 'ipcRenderer' }, 'settings');
    send({ sender: 'ipcRenderer' }, 'no-such-command');
    expect(heard).toEqual([['settings']]);
  });
});
