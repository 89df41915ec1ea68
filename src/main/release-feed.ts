/** The feed of releases of this build. electron.vite.config.ts fills in the two constants; unbuilt code has none. */
import type { ReleaseFeed } from '@core/updates/update-service';

declare const __RELEASE_FEED_URL__: string | undefined;
declare const __RELEASE_FEED_KEY__: string | undefined;

const url = typeof __RELEASE_FEED_URL__ === 'string' ? __RELEASE_FEED_URL__ : '';
const publicKey = typeof __RELEASE_FEED_KEY__ === 'string' ? __RELEASE_FEED_KEY__ : '';

export const releaseFeed: ReleaseFeed | undefined =
  url === '' || publicKey === '' ? undefined : { url, publicKey };
