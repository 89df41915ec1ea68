/** Shorthands of the suites: networks, and files that a test needs for a moment. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createTestCertificates } from '../servers/certificates';
import { networkDefaults, type NetworkValues } from '@shared/providers/network';
import { Secret } from '@core/secrets/secret';
import { systemRuntime } from '@core/runtime';
import { Network } from '@core/network/network';
import type { SystemProxy } from '@core/network/system-proxy';

interface More {
  readonly verifySsl?: boolean;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly systemProxy?: SystemProxy;
}

/** The straight way, unless the values say otherwise. */
export const networkOf = (
  values: Partial<NetworkValues> = {},
  { verifySsl = true, credentials = {}, systemProxy = async () => undefined }: More = {},
): Network =>
  new Network(
    {
      values: { ...networkDefaults, ...values },
      credentials: Object.fromEntries(
        Object.entries(credentials).map(([name, text]) => [name, new Secret(text)]),
      ),
      verifySsl,
    },
    { runtime: systemRuntime, systemProxy },
  );

/** Certificates of a private authority, and `ca.pem` and `client.pem` (key and all) while a suite runs. */
export function certificateFiles() {
  const certificates = createTestCertificates();
  const directory = mkdtempSync(join(tmpdir(), 'strongroom-network-'));
  const at = (name: string): string => join(directory, name);
  beforeAll(() => {
    writeFileSync(at('ca.pem'), certificates.authority.cert);
    writeFileSync(at('client.pem'), certificates.client.cert + certificates.client.key);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  return { certificates, at };
}
