/** Network faults with every operation of the providers that use a server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestCertificates } from '../servers/certificates';
import { clientSides } from '../support/client-sides';
import { seedOf, isWhole } from '../support/size';
import { cellsOf, chosen, runRow, type Plan } from './matrix';
import {
  address,
  behindProxy,
  kinds,
  mistaken,
  nothingListens,
  openNetwork,
  overTls,
  sockets,
  type NetworkRow,
} from './network-scene';
import { markers, operations, type Operation } from './operations';

const certificates = createTestCertificates();
const directory = mkdtempSync(join(tmpdir(), 'strongroom-fault-matrix-'));
const caFile = join(directory, 'ca.pem');
writeFileSync(caFile, certificates.authority.cert);
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const plan: Plan = {
  // The settings are at fault, so there is no later moment.
  moments: ['cold'],
  requests: Object.fromEntries(operations.map((operation) => [operation, 1])) as Record<
    Operation,
    number
  >,
  steps: { cold: 'tls', first: 'tls', second: 'tls', third: 'tls' },
};

const at = (step: string): { readonly cold: string } => ({ cold: step });

const { valid } = certificates;
const demanding = { ...valid, ca: certificates.authority.cert, requestCert: true };
const old = {
  ...valid,
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.1',
  ciphers: 'DEFAULT@SECLEVEL=0',
} as const;
const page = `<html>${markers.body}</html>`;

const rows: readonly NetworkRow[] = [
  {
    fault: 'a name that is not found',
    code: 'NAME_NOT_FOUND',
    steps: at('name'),
    obstacle: address('https://no-such-host.invalid:8200'),
  },
  {
    fault: 'a port that nothing listens on',
    code: 'CONNECTION_REFUSED',
    steps: at('port'),
    obstacle: nothingListens((url) => ({ url })),
  },
  // A multicast address: no connection can be made to it, and no packet is sent.
  {
    fault: 'an address that cannot be reached',
    code: 'HOST_UNREACHABLE',
    steps: at('port'),
    obstacle: address('http://224.0.0.1:8200'),
  },

  {
    fault: 'a connection closed in the handshake',
    code: 'CONNECTION_RESET',
    obstacle: sockets((socket) => socket.destroy()),
  },
  {
    fault: 'a handshake that never ends',
    code: 'TIMED_OUT',
    obstacle: sockets(() => undefined),
    isSlow: true,
  },
  { fault: 'http where https is expected', code: 'TLS_FAILED', obstacle: mistaken() },
  {
    fault: 'https where http is expected',
    code: 'CONNECTION_RESET',
    onAws: { except: { check: 'list HTTPS_EXPECTED' } },
    obstacle: mistaken(valid),
    except: { check: 'health HTTPS_EXPECTED' },
  },
  {
    fault: 'a self-signed certificate',
    code: 'TLS_UNTRUSTED',
    obstacle: overTls(certificates.selfSigned),
  },
  {
    fault: 'a certificate of an unknown authority',
    code: 'TLS_UNTRUSTED',
    obstacle: overTls(valid),
  },
  {
    fault: 'an expired certificate',
    code: 'TLS_EXPIRED',
    obstacle: overTls(certificates.expired, { caFile }),
  },
  {
    fault: 'a certificate that is not valid yet',
    code: 'TLS_EXPIRED',
    obstacle: overTls(certificates.notYetValid, { caFile }),
  },
  {
    fault: 'a certificate for another name',
    code: 'TLS_WRONG_NAME',
    obstacle: overTls(certificates.wrongName, { caFile }),
  },
  { fault: 'an old protocol only', code: 'TLS_OLD_VERSION', obstacle: overTls(old, { caFile }) },
  {
    fault: 'a demand for a client certificate',
    code: 'TLS_CLIENT_CERTIFICATE',
    obstacle: overTls(demanding, { caFile }),
  },

  {
    fault: 'a proxy that wants another login',
    code: 'PROXY_AUTHENTICATION',
    steps: at('proxy'),
    obstacle: behindProxy(() => undefined, valid),
  },
  {
    fault: 'a proxy that refuses',
    code: 'PROXY_REFUSED',
    steps: at('proxy'),
    obstacle: behindProxy((proxy) => {
      proxy.answerWith({ status: 403, body: page });
    }, valid),
  },
  {
    fault: 'a proxy that does not reach the server',
    code: 'PROXY_REFUSED',
    steps: at('proxy'),
    obstacle: behindProxy((proxy) => {
      proxy.answerWith({ status: 502, body: page });
    }, valid),
  },
  {
    fault: 'a proxy that does not answer',
    code: 'TIMED_OUT',
    steps: at('proxy'),
    obstacle: behindProxy((proxy) => {
      proxy.hang();
    }, valid),
    isSlow: true,
  },
  {
    fault: 'a proxy for http that wants another login',
    code: 'PROXY_AUTHENTICATION',
    steps: at('health'),
    onAws: { steps: at('list') },
    obstacle: behindProxy(() => undefined),
  },
  {
    fault: 'a proxy for http that refuses',
    code: 'UNEXPECTED_ANSWER',
    steps: at('health'),
    onAws: { code: 'PROXY_REFUSED', steps: at('list') },
    obstacle: behindProxy((proxy) => {
      proxy.answerWith({ status: 403, body: page });
    }),
  },
  {
    fault: 'a proxy for http that does not answer',
    code: 'TIMED_OUT',
    steps: at('health'),
    onAws: { steps: at('list') },
    obstacle: behindProxy((proxy) => {
      proxy.hang();
    }),
    isSlow: true,
  },
  {
    fault: 'a proxy that is not there',
    code: 'PROXY_UNREACHABLE',
    steps: at('proxy'),
    obstacle: nothingListens((proxyUrl) => ({
      url: 'https://127.0.0.1:8200',
      values: { proxy: 'typed', proxyUrl },
    })),
  },
];

/** Of each row in `npm test`. */
const CELLS = 4;

const rowsOf = (kind: string): readonly NetworkRow[] =>
  rows.map((row) => (kind === 'AWS' ? { ...row, ...row.onAws } : row));

const seed = seedOf();
let cells = 0;

const sides = clientSides();

describe.for(sides)('$name', (side) => {
  describe.for(kinds)('$name', (kind) => {
    it.concurrent.for(rowsOf(kind.name))('$fault', async (row, { expect }) => {
      const all = cellsOf(plan, row);
      const some = isWhole ? all : chosen(all, row, seed, CELLS);
      const problems = await runRow(plan, row, openNetwork(kind, side), some);
      cells += some.length;
      expect({ seed, problems }).toEqual({ seed, problems: [] });
    });
  });
});

it('has run its cells', () => {
  process.stdout.write(`fault matrix: ${String(cells)} cells of the network\n`);
  const inAll = sides.length * kinds.length * rows.length;
  expect(cells).toBeGreaterThanOrEqual(inAll * (isWhole ? 10 : CELLS));
});
