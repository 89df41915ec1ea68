import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRendererFiles } from '../renderer-files';
import { ElectronDouble } from '@test/support/electron-double';
import { registerAppScheme, serveAppScheme } from './scheme';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'strongroom-scheme-'));
  await mkdir(join(root, 'renderer'));
  await writeFile(join(root, 'outside.js'), 'outside');
  await writeFile(join(root, 'renderer', 'index.html'), '<meta nonce="__NONCE__">');
});
afterAll(() => rm(root, { recursive: true }));

const get = async (url: string, method = 'GET'): Promise<Response> => {
  const double = new ElectronDouble();
  serveAppScheme(double.electron, createRendererFiles(join(root, 'renderer')), () => ({
    theme: 'dark',
    sidebarWidth: 300,
    sidebarCollapsed: false,
  }));
  const { handleRequest } = double;
  // Node's Request knows no schemes of others; the handler reads these two only.
  return handleRequest!({ url, method } as Request);
};

test('the scheme is standard and secure, and closed to other origins', () => {
  const double = new ElectronDouble();
  registerAppScheme(double.electron);
  expect(double.privileges).toEqual([
    { scheme: 'strongroom', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
});

test('answers the page under its policy, with the nonce of this response', async () => {
  const answer = await get('strongroom://app/');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = answer.headers.get('content-security-policy') ?? '';
  const nonce = /nonce="([^"]+)"/.exec(await answer.text())?.[1];
  expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'none'");
});

test.each([
  'strongroom://app/../outside.js',
  'strongroom://app/..%2Foutside.js',
  'strongroom://app/%2e%2e/outside.js',
  'strongroom://app/..%5Coutside.js',
  'strongroom://other/index.html',
  'strongroom://app.other/',
])('answers %s with 404', async (url) => {
  expect((await get(url)).status).toBe(404);
});

test.each(['POST', 'HEAD', 'PUT'])('does not answer %s', async (method) => {
  expect((await get('strongroom://app/', method)).status).toBe(404);
});
