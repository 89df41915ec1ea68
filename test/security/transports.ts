/** The wires of both contracts for a fuzzer, which writes frames itself and reads what comes back. */
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { SESSION_PATH, SOCKET_PATH, SOCKET_READY } from '@shared/bridge';
import { defaultPreferences } from '@shared/model/preferences';
import { greet } from '@server/agent/handshake';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { connectRaw, introduction, startHost, type RawClient } from '@test/support/agent';
import { startBrowserHost } from '@test/support/browser-host';
import { MessagePortMainDouble } from '@test/support/electron-double';
import { servePorts } from '@main/hosts/desktop/core-side';
import type { BrowserHostOptions } from '@main/hosts/browser/host';
import { temporaryDirectory } from '@test/support/temporary-directory';

/** What answers, with the frames of one call at a time. */
export interface Wire {
  /** Sends a text. Opens a new connection if the last one was closed. */
  send(text: string | Buffer): Promise<void>;
  /** The next frame; `undefined` if the connection is closed, or nothing comes for this many milliseconds. */
  next(withinMs: number): Promise<Frame | undefined>;
  /** What the host reported, for a person. */
  readonly lines: readonly string[];
}

export interface Frame {
  readonly text: string;
  /** The id of its call. */
  readonly id: string | undefined;
  readonly status: number;
  /** Whether a stream begins, whose events follow. */
  readonly isStream: boolean;
  /** Whether it is the last of a stream. */
  readonly isLast: boolean;
}

interface Parsed {
  readonly i?: unknown;
  readonly t?: unknown;
  readonly p?: { readonly s?: number; readonly h?: Record<string, unknown>; readonly e?: string };
}

function frameOf(text: string): Frame {
  const { i, t, p } = JSON.parse(text) as Parsed;
  const type = p?.h?.['content-type'];
  return {
    text,
    id: typeof i === 'string' ? i : undefined,
    status: p?.s ?? 200,
    isStream: typeof type === 'string' && type.includes('event-stream'),
    isLast: t === 3 && p?.e !== 'message',
  };
}

/** Frames that have arrived, and whoever waits for one. */
class Inbox {
  readonly #frames: Frame[] = [];
  #wake = (): void => undefined;
  isClosed = false;

  push(text: string): void {
    this.#frames.push(frameOf(text));
    this.#wake();
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }

  async next(withinMs: number): Promise<Frame | undefined> {
    if (this.#frames.length === 0 && !this.isClosed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#frames.shift();
  }
}

type Router = BrowserHostOptions['router'];

/** The window contract over the WebSocket of the browser host. */
export async function windowWire(router: Router): Promise<Wire> {
  const lines: string[] = [];
  const host = await startBrowserHost({
    router,
    look: () => defaultPreferences,
    rendererDirectory: temporaryDirectory(),
    port: 0,
    idleAfterMs: 600_000,
    onIdle: () => undefined,
    report: (line) => lines.push(line),
  });
  onTestFinished(() => host.close());
  let inbox = new Inbox();
  const open = async (): Promise<WebSocket> => {
    const url = new URL(host.launchUrl());
    const launch = new URLSearchParams(url.hash.slice(1)).get('launch') ?? '';
    const answer = await fetch(new URL(SESSION_PATH, url), {
      method: 'POST',
      headers: { origin: url.origin },
      body: JSON.stringify({ launch }),
    });
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const opened = new WebSocket(`ws://${url.host}${SOCKET_PATH}`, {
      headers: { origin: url.origin, cookie },
    });
    opened.on('error', () => undefined);
    await once(opened, 'open');
    const own = (inbox = new Inbox());
    const ready = once(opened, 'message');
    opened.send(await answer.text());
    if (String((await ready)[0]) !== SOCKET_READY) throw new Error('Not admitted');
    opened.on('message', (data: Buffer) => {
      own.push(data.toString());
    });
    opened.on('close', () => {
      own.close();
    });
    return opened;
  };
  let socket = await open();
  return {
    lines,
    send: async (text) => {
      if (inbox.isClosed) socket = await open();
      socket.send(text);
    },
    next: (withinMs) => inbox.next(withinMs),
  };
}

/** The window contract over the port of the desktop app. */
export async function desktopWire(router: Router): Promise<Wire> {
  const lines: string[] = [];
  const { accept, close } = servePorts(router, (line) => lines.push(line));
  const inbox = new Inbox();
  const { port1, port2 } = new MessageChannel();
  onTestFinished(async () => {
    await close();
    port1.close();
  });
  port1.on('message', (message: string | Uint8Array) => {
    inbox.push(typeof message === 'string' ? message : Buffer.from(message).toString());
  });
  port1.on('close', () => {
    inbox.close();
  });
  accept(new MessagePortMainDouble(port2));
  return {
    lines,
    send: async (text) => {
      port1.postMessage(text);
    },
    next: (withinMs) => inbox.next(withinMs),
  };
}

/** The agent contract over the socket in the data directory. */
export async function agentWire(router: Router, dataDirectory: string): Promise<Wire> {
  const { lines } = await startHost({ router, dataDirectory });
  let inbox = new Inbox();
  const open = async (): Promise<RawClient> => {
    const opened = await connectRaw(dataDirectory);
    opened.send(greet(introduction, undefined));
    await opened.next();
    const own = (inbox = new Inbox());
    void (async () => {
      for (;;) {
        const frame = await opened.next();
        if (frame === undefined) break;
        own.push(JSON.stringify(frame));
      }
      own.close();
    })();
    return opened;
  };
  let client = await open();
  return {
    lines,
    send: async (text) => {
      if (inbox.isClosed) client = await open();
      client.socket.write(typeof text === 'string' ? `${text}\n` : text);
    },
    next: (withinMs) => inbox.next(withinMs),
  };
}
