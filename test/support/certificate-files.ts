import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createTestCertificates } from '../servers/certificates';

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
