/** `strongroom serve` */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { AppError, isAppError } from '@shared/errors';
import { parseIp, reachOf } from '@shared/model/ip';
import { jsonLine } from '@core/audit/export';
import { openCore, type Core } from '@core/core';
import type { Keychain } from '@core/keys/keychain';
import { systemCode } from '@core/storage/files';
import { withAppErrors } from '@server/agent/connect';
import { createAgentRouter } from '@server/agent/router';
import { networksOf } from '@main/hosts/serve/caller-address';
import { startServeHost, type ServeHost } from '@main/hosts/serve/host';
import { openWindowCore } from '@main/open-core';
import { textFromFile } from '../arguments';
import { findConfig } from '../config/find';
import { systemKeychain, type Context } from '../context';
import { exitCodes } from '../exit-codes';

export interface ServeOptions {
  readonly host: string;
  readonly port: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly behindProxy?: true;
  readonly trustedProxy?: readonly string[];
  readonly config?: string | true;
  readonly rate: string;
  readonly drain: string;
}

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** Serves until a signal comes, and then until the calls that are under way have ended. */
export async function serve(context: Context, options: ServeOptions): Promise<number> {
  const { output, terminal, runtime } = context;
  const settings = await settingsOf(context, options);
  const drain = numberOf(options.drain, '--drain', 0, 3600) * 1000;
  const rate = numberOf(options.rate, '--rate', 1, 1_000_000);
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
  };
  terminal.signal.addEventListener('abort', end, { once: true });
  if (terminal.signal.aborted) end();
  const { core, close } =
    options.config === undefined
      ? await openStored(context)
      : await openDeclared(context, options.config, end);
  try {
    const host = await started({
      ...settings,
      core,
      version: context.version,
      limits: { rate },
      runtime,
      report: (line) => void output.say(line),
    });
    const scheme = settings.tls === undefined ? 'http' : 'https';
    const shown = settings.address.includes(':') ? `[${settings.address}]` : settings.address;
    await output.say(`Serving at ${scheme}://${shown}:${String(host.port)}.`);
    if (!ended.signal.aborted) await once(ended.signal, 'abort');
    await output.say('Ending: no further call is taken.');
    const cut = await host.close(drain);
    if (cut === 0) return exitCodes.done.code;
    await output.warn(`${String(cut)} calls had no answer after ${options.drain} seconds.`);
    return exitCodes.failed.code;
  } finally {
    await close();
  }
}

async function settingsOf(context: Context, options: ServeOptions) {
  const { host, tlsCert, tlsKey, behindProxy = false, trustedProxy = [] } = options;
  const address = host === 'localhost' ? '127.0.0.1' : host;
  const ip = parseIp(address);
  if (ip === undefined) {
    throw refused(`“${host}” is no address.`, 'Give an address such as 127.0.0.1 or 0.0.0.0.');
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw refused('A certificate needs its key, and the key its certificate.', TLS_HINT);
  }
  const isLoopback = reachOf(ip) === 'loopback';
  if (!isLoopback && tlsCert === undefined) {
    throw refused(
      `Without TLS, tokens and values would cross the network of ${host} in plain text.`,
      `${TLS_HINT} Or listen at 127.0.0.1, behind a proxy on this computer, with --behind-proxy.`,
    );
  }
  if (behindProxy && !isLoopback) {
    throw refused(
      '--behind-proxy is for a proxy on this computer, and this address is open to others.',
      'Listen at 127.0.0.1. Name a proxy on another computer with --trusted-proxy.',
    );
  }
  return {
    address,
    port: numberOf(options.port, '--port', 0, 65_535),
    tls:
      tlsCert === undefined || tlsKey === undefined
        ? undefined
        : {
            cert: await textFromFile(context, tlsCert),
            key: await textFromFile(context, tlsKey),
          },
    trusted: trustedNetworks([...(behindProxy ? LOOPBACK : []), ...trustedProxy]),
    onlyLocalNames: isLoopback && !behindProxy && trustedProxy.length === 0,
  };
}

const TLS_HINT = 'Give --tls-cert and --tls-key, both PEM files.';

function trustedNetworks(texts: readonly string[]) {
  try {
    return networksOf(texts);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refused(error.message, '--trusted-proxy takes an address, or a network: 10.0.0.0/8.');
  }
}

async function started(options: Parameters<typeof startServeHost>[0]): Promise<ServeHost> {
  try {
    return await startServeHost(options);
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(code)) {
      throw refused(
        `Port ${String(options.port)} of ${options.address} cannot be used (${code}).`,
        'Choose another with --port, or 0 for any.',
      );
    }
    if (code.startsWith('ERR_OSSL') || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
      throw refused('The certificate and the key cannot be used.', TLS_HINT);
    }
    throw error;
  }
}

interface Opened {
  readonly core: Core;
  readonly close: () => Promise<void>;
}

/** The core of the data directory, unlocked. Other commands of this user can use it meanwhile. */
async function openStored(context: Context): Promise<Opened> {
  const { terminal, runtime, version, dataDirectory, output } = context;
  // Protects a fresh data directory, as every command does.
  await context.withCore(async () => undefined);
  const keychain = terminal.keychain ?? (await systemKeychain(runtime));
  const core = await openWindowCore({
    host: 'serve',
    version,
    dataDirectory,
    keychain: keychain(),
    runtime,
    report: (line) => void output.say(line),
  });
  try {
    if (core.security.isLocked()) {
      const client = createRouterClient(createAgentRouter(core), {
        context: {
          caller: { kind: 'cli' as const, process: { pid: terminal.pid, name: 'strongroom' } },
        },
        interceptors: [({ next, signal }) => withAppErrors(next, signal)],
      });
      await context.unlock({ client, options: { signal: terminal.signal, context: {} } });
    }
  } catch (error) {
    await core.close();
    throw error;
  }
  return { core, close: () => core.close() };
}

/** Everything that a configuration declares, and nothing of this computer. The audit goes to standard output. */
async function openDeclared(
  context: Context,
  config: string | true,
  end: () => void,
): Promise<Opened> {
  const { terminal, runtime, version } = context;
  const { loadServed } = await import('../config/served');
  const file = findConfig(terminal.cwd, config === true ? undefined : config);
  const { grants, clients, values } = await loadServed(file);
  const instance = randomUUID();
  // Without an audit, nothing may be used.
  terminal.stdout.once('error', end);
  // For grants and limits of rate; no value is in it.
  const dataDirectory = await mkdtemp(join(tmpdir(), 'strongroom-serve-'));
  const remove = (): Promise<void> => rm(dataDirectory, { recursive: true, force: true });
  let core: Core | undefined;
  try {
    core = await openCore({
      host: 'serve',
      version,
      dataDirectory,
      keychain: noKeychain,
      runtime,
      outside: values,
      auditTo: (entry) => {
        const line = { ...entry, instance };
        return new Promise((resolve, reject) => {
          terminal.stdout.write(jsonLine(line), (cause) => {
            if (cause === null || cause === undefined) resolve();
            else reject(new AppError('STORAGE_FAILED', { ...auditGone, cause }));
          });
        });
      },
    });
    // Seals and keys for this process only, and nothing of them on the disk.
    await core.security.choose({ mode: 'session' });
    const { id: workspaceId } = core.lookup.workspace({});
    const ids = new Map<string, string>();
    for (const grant of grants) {
      ids.set(grant.name, (await core.grants.create(workspaceId, grant)).id);
    }
    for (const client of clients) {
      core.clients.adopt(workspaceId, {
        ...client,
        grants: client.grants.map((name) => ids.get(name) ?? name),
      });
    }
    const opened = core;
    return {
      core: opened,
      close: async () => {
        await opened.close();
        await remove();
      },
    };
  } catch (error) {
    await core?.close();
    await remove();
    throw isAppError(error, 'NAME_TAKEN') ? sameToken(error) : error;
  }
}

const auditGone = {
  message: 'The audit cannot be written: standard output is closed.',
  hint: 'Start the server again, with a reader for its standard output.',
};

const sameToken = (cause: AppError): AppError =>
  new AppError('INVALID_INPUT', {
    message: 'Two clients of the configuration have the same “tokenHash”.',
    hint: 'Make a token for each: strongroom client token.',
    cause,
  });

/** Nothing is stored, so nothing has to be encrypted. */
const noKeychain: Keychain = {
  name: 'none',
  probe: async () => {
    throw new AppError('KEYCHAIN_FAILED', { message: 'A declared server keeps no credentials.' });
  },
  get: async () => null,
  set: async () => undefined,
  delete: async () => undefined,
  close: () => undefined,
};

function numberOf(text: string, option: string, least: number, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && text.trim() !== '' && number >= least && number <= most) {
    return number;
  }
  throw refused(
    `“${text}” is not valid for ${option}.`,
    `Give a whole number from ${String(least)} to ${String(most)}.`,
  );
}

const refused = (message: string, hint: string): AppError =>
  new AppError('INVALID_INPUT', { message, hint });
