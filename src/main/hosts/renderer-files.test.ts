import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRendererFiles } from './renderer-files';

const look = { theme: 'dark', sidebarWidth: 312, sidebarCollapsed: true } as const;
const page =
  '<html data-theme="__THEME__" data-sidebar-width="__SIDEBAR_WIDTH__" data-sidebar-collapsed="__SIDEBAR_COLLAPSED__">' +
  '<meta property="csp-nonce" nonce="__NONCE__"><script src="/assets/a.js"></script>';
const text = (body: Uint8Array): string => new TextDecoder().decode(body);

let root: string;
let renderer: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'strongroom-files-'));
  renderer = join(root, 'renderer');
  await mkdir(join(renderer, 'assets'), { recursive: true });
  await writeFile(join(root, 'outside.js'), 'outside');
  await writeFile(join(root, 'renderer-twin.js'), 'twin');
  await writeFile(join(renderer, 'index.html'), page);
  await writeFile(join(renderer, 'assets', 'a.js'), 'const a = "__NONCE__";');
  await writeFile(join(renderer, 'assets', 'a b.css'), 'p{}');
  await writeFile(join(renderer, 'notes.txt'), 'of no known type');
});

afterEach(() => rm(root, { recursive: true }));

describe('the page', () => {
  test('carries a nonce that the policy names, a new one for each response', async () => {
    const files = createRendererFiles(renderer);
    const nonceOf = async (): Promise<string> => {
      const { headers, body } = await files.respond('/', look);
      const nonce = /nonce="([^"]+)"/.exec(text(body))?.[1];
      expect(headers['content-security-policy']).toBe(
        `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; ` +
          "img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; " +
          "form-action 'none'; frame-ancestors 'none'",
      );
      return nonce!;
    };
    const first = await nonceOf();
    expect(first).toMatch(/^[A-Za-z0-9+/]{24}$/);
    expect(await nonceOf()).not.toBe(first);
  });

  test('carries the theme and the width that are preferred, so that it never shows others', async () => {
    const { body } = await createRendererFiles(renderer).respond('/', look);
    expect(text(body)).toContain(
      '<html data-theme="dark" data-sidebar-width="312" data-sidebar-collapsed="true">',
    );
  });

  test('may connect to where the host says, and nowhere else', async () => {
    const files = createRendererFiles(renderer, { connectSrc: 'ws://127.0.0.1:4711' });
    const { headers } = await files.respond('/index.html', look);
    expect(headers['content-security-policy']).toContain('; connect-src ws://127.0.0.1:4711; ');
  });

  test('is never kept by a cache, unlike the assets it names', async () => {
    const files = createRendererFiles(renderer);
    expect((await files.respond('/', look)).headers['cache-control']).toBe('no-store');
    expect((await files.respond('/assets/a.js', look)).headers['cache-control']).toContain(
      'immutable',
    );
  });
});

test.each([
  ['/assets/a.js', 'text/javascript; charset=utf-8', 'const a = "__NONCE__";'],
  ['/assets/a%20b.css', 'text/css; charset=utf-8', 'p{}'],
])('%s is answered as it is, as %s', async (path, type, content) => {
  const { status, headers, body } = await createRendererFiles(renderer).respond(path, look);
  expect(status).toBe(200);
  expect(headers['content-type']).toBe(type);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(text(body)).toBe(content);
});

test.each([
  '/../outside.js',
  '/..%2Foutside.js',
  '/%2e%2e/outside.js',
  '/assets/../../outside.js',
  '/assets/..%2f..%2foutside.js',
  '/..\\outside.js',
  '/..%5Coutside.js',
  '/../renderer-twin.js',
  '//outside.js',
  '/C:/outside.js',
  '/assets/a.js%00.html',
  '/%E0%A4%A',
  'assets/a.js',
  '',
  '/assets',
  '/assets/',
  '/notes.txt',
  '/nothing.js',
])('%j names nothing here', async (path) => {
  const { status, headers, body } = await createRendererFiles(renderer).respond(path, look);
  expect(status).toBe(404);
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(text(body)).toBe('There is nothing here.\n');
});

test('an absolute path outside the directory is not read', async () => {
  const { status } = await createRendererFiles(renderer).respond(
    `/${join(root, 'outside.js')}`,
    look,
  );
  expect(status).toBe(404);
});
