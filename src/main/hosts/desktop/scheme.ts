/** The scheme under which the window loads the renderer: never file://, and nothing but the renderer. */
import type { Look } from '@shared/model/preferences';
import type { RendererFiles } from '../renderer-files';
import type { Electron } from './electron';

const SCHEME = 'strongroom';
const HOST = 'app';

export const APP_ORIGIN = `${SCHEME}://${HOST}`;
export const APP_URL = `${APP_ORIGIN}/`;

/**
 * Must run before the app is ready, once. Without `corsEnabled` Electron refuses every request for this
 * scheme that another origin makes.
 */
export function registerAppScheme({ protocol }: Pick<Electron, 'protocol'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

export function serveAppScheme(
  { protocol }: Pick<Electron, 'protocol'>,
  files: RendererFiles,
  look: () => Look,
): void {
  protocol.handle(SCHEME, async (request) => {
    const { host, pathname } = new URL(request.url);
    if (host !== HOST || request.method !== 'GET') return new Response(null, { status: 404 });
    const { status, headers, body } = await files.respond(pathname, look());
    return new Response(body, { status, headers });
  });
}
