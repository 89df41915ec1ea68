/** The parts of the guide about each page. */
import type { ProviderId } from '@shared/providers/descriptor';
import type { Route } from '../../app/navigation';
import type { Place } from './guide';

/** Parts of a page with their own section in the guide. */
export const topics = {
  conflict: { chapter: 'synced-environments', anchor: 'when-both-sides-changed' },
  gone: { chapter: 'synced-environments', anchor: 'deleted-on-the-server' },
  bothSides: { chapter: 'synced-environments', anchor: 'a-path-that-already-holds-something' },
  review: { chapter: 'synced-environments', anchor: 'reviewing-a-save' },
  owner: { chapter: 'declared-vaults', anchor: 'who-owns-a-vault' },
} as const satisfies Record<string, Place>;

/** The chapter about a page. */
export function topicOf(route: Route, provider: ProviderId): Place {
  switch (route.screen) {
    case 'welcome':
      return { chapter: 'choosing-a-provider' };
    case 'unlock':
      return { chapter: 'storage', anchor: 'credentials' };
    case 'environment':
      return { chapter: 'editing' };
    case 'history':
      return { chapter: 'synced-environments', anchor: 'history' };
    case 'compare':
      return { chapter: 'compare' };
    case 'requests':
      return { chapter: 'requests', anchor: 'in-the-window' };
    case 'push':
      return { chapter: 'pull-and-push', anchor: 'push-all' };
    case 'migrate':
      return { chapter: 'migrate' };
    case 'settings':
      switch (route.tab) {
        case 'general':
          return topics.review;
        case 'connection':
          return { chapter: provider };
        case 'security':
          return { chapter: 'storage' };
        case 'activity':
          return { chapter: 'storage', anchor: 'the-activity-log' };
        case 'audit':
          return { chapter: 'requests', anchor: 'the-audit' };
        case 'about':
          return { chapter: 'troubleshooting' };
      }
  }
}
