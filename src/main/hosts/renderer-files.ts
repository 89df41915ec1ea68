/** Serves the built renderer: the file for a path, its content type and its policy. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { Look } from '@shared/model/preferences';

export interface RendererResponse {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface RendererFiles {
  /**
   * `pathname` is that of a URL: percent-encoded, without query. The page contains `look`, so that its
   * first frame is drawn that way. Never throws.
   */
  respond(pathname: string, look: Look): Promise<RendererResponse>;
}

export interface RendererFilesOptions {
  /** Sources of `connect-src`, such as `ws://127.0.0.1:4711`. Default: `'none'`. */
  readonly connectSrc?: string;
}

/** Replaces the placeholders of index.html. */
const filled = (
  page: string,
  nonce: string,
  { theme, sidebarWidth, sidebarCollapsed }: Look,
): string =>
  page
    .replaceAll('__NONCE__', nonce)
    .replaceAll('__THEME__', theme)
    .replaceAll('__SIDEBAR_WIDTH__', String(sidebarWidth))
    .replaceAll('__SIDEBAR_COLLAPSED__', String(sidebarCollapsed));

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const contentSecurityPolicy = (connectSrc: string, nonce?: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    nonce === undefined ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connectSrc}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** The path inside the directory for a URL path; `undefined` if it leads elsewhere. */
const relativePath = (pathname: string): string | undefined => {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  // On Windows a backslash or a drive letter would start another path.
  if (!decoded.startsWith('/') || /[\0\\:]/.test(decoded)) return undefined;
  if (decoded === '/') return 'index.html';
  const path = normalize(decoded.slice(1));
  return path === '..' || path.startsWith(`..${sep}`) || path.startsWith(sep) ? undefined : path;
};

const readIfFile = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
};

/** `directory` is absolute and holds index.html. Files are read again for each response. */
export const createRendererFiles = (
  directory: string,
  { connectSrc = "'none'" }: RendererFilesOptions = {},
): RendererFiles => {
  const always = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  const notFound = (): RendererResponse => ({
    status: 404,
    headers: {
      ...always,
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy(connectSrc),
      'content-type': 'text/plain; charset=utf-8',
    },
    body: new TextEncoder().encode('There is nothing here.\n'),
  });

  return {
    respond: async (pathname, look) => {
      const path = relativePath(pathname);
      const contentType = path === undefined ? undefined : contentTypes[extname(path)];
      if (path === undefined || contentType === undefined) return notFound();
      const file = await readIfFile(join(directory, path));
      if (file === undefined) return notFound();

      const isPage = extname(path) === '.html';
      const nonce = isPage ? randomBytes(18).toString('base64') : undefined;
      return {
        status: 200,
        headers: {
          ...always,
          // The name of a built asset contains a hash of its content.
          'cache-control': path.startsWith(`assets${sep}`)
            ? 'private, max-age=31536000, immutable'
            : 'no-store',
          'content-security-policy': contentSecurityPolicy(connectSrc, nonce),
          'content-type': contentType,
        },
        body:
          nonce === undefined
            ? Uint8Array.from(file)
            : new TextEncoder().encode(filled(file.toString('utf8'), nonce, look)),
      };
    },
  };
};
