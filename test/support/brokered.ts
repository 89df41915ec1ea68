/** For tests: commands that get placeholders, and the services that they talk to. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CoreOptions } from '@core/core';
import { systemRuntime } from '@core/runtime';
import type { AuditEntry } from '@shared/model/audit';
import type { GrantSettings, SecretSource } from '@shared/model/grant';
import { defaultPolicy } from '@shared/model/policy';
import { createAuthority } from '../servers/certificates';
import { scene, type OpenedApp, type Result, type Running, type Scene } from './command-process';
import { service, type Service } from './requests';

export const SECRET = 'sk-live-4242/42+42~x';

/** Another address of this computer, which programs ask the proxy for. */
const OTHER_HOST = '127.0.0.2';

export interface BrokeredGrant {
  readonly name: string;
  readonly hosts: readonly string[];
  /** References by the name of the secret. Default: the token is API_KEY of the environment “production”. */
  readonly secrets?: Readonly<Record<string, SecretSource>>;
  readonly settings?: Partial<GrantSettings>;
}

export interface BrokeredScene {
  readonly command: Scene;
  /** Variables for `strongroom`, which then trusts the services. */
  readonly env: Readonly<Record<string, string>>;
  grant(grant: BrokeredGrant): Promise<void>;
  /** `run --brokered` with a command. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Running;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Result>;
  /** The app, which trusts the services too. */
  openApp(options?: Pick<CoreOptions, 'attention' | 'resolve'>): Promise<OpenedApp>;
  /** The audit, oldest first. */
  audit(): Promise<AuditEntry[]>;
}

type Answer = Parameters<typeof service>[0];

const authority = createAuthority('Strongroom test services');
const certificate = authority.issue({ names: ['127.0.0.1', OTHER_HOST, 'localhost'] });

/** A service with TLS. */
export const secureService = (answer: Answer): Promise<Service> => service(answer, certificate);

/** As `secureService`, at another address. */
export const otherService = (answer: Answer): Promise<Service> =>
  service(answer, certificate, OTHER_HOST);

/** A server with TLS that answers nothing by itself. */
export async function secureServer(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(certificate);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${String(port)}`, server };
}

/** Answers with what arrived, as JSON, when all of it has. */
export const echo: Answer = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    const body = Buffer.concat(chunks).toString();
    response.setHeader('X-Echo', headers.authorization ?? '');
    response.end(JSON.stringify({ method, url, headers, body }));
  });
};

/** An environment “production” with API_KEY, and no grant yet. */
export async function brokeredScene(
  values: Readonly<Record<string, string>> = { API_KEY: SECRET },
): Promise<BrokeredScene> {
  const command = await scene({ production: values });
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'services.pem');
  writeFileSync(file, authority.cert);
  const env = { NODE_EXTRA_CA_CERTS: file, CURL_CA_BUNDLE: file };
  const start: BrokeredScene['start'] = (args, more = {}) =>
    command.start(['run', '--brokered', ...args], { ...env, ...more });
  return {
    command,
    env,
    grant: async ({ name, hosts, secrets, settings }) => {
      const { core } = command;
      await core.start();
      await core.core.grants.create(core.workspaceId, {
        name,
        settings: {
          type: 'bearer',
          rules: [],
          networks: [],
          policy: defaultPolicy,
          ...settings,
          hosts: [...hosts],
        },
        secrets: secrets ?? { token: { environment: 'production', key: 'API_KEY' } },
      });
      await core.close();
    },
    start,
    openApp: (options) =>
      command.openApp({
        ...options,
        runtime: { ...systemRuntime, env: { ...process.env, ...env } },
      }),
    run: (args, more) => start(args, more).ended,
    audit: async () => {
      const { code, out, err } = await command.run(['audit', '--json']);
      if (code !== 0) throw new Error(err);
      return (JSON.parse(out) as AuditEntry[]).toReversed();
    },
  };
}

/** Host and port, as grants have them. */
export const hostOf = ({ url }: Pick<Service, 'url'>): string => url.replace(/^https:\/\//, '');
