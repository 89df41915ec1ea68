import { CircleQuestionMark } from 'lucide-react';
import { shortcutOf } from '../../app/shortcuts';
import { useFeature, useStores } from '../../app/stores';
import { IconButton } from '../../components/button';
import type { Place } from './guide';
import { topicOf, topics } from './topics';

/**
 * The chapter about the page on show: in Settings → Vault about the provider chosen in the form, in an environment about
 * the question that it asks.
 */
export function usePageTopic(): Place {
  const route = useFeature('navigation', (state) => state.route);
  const provider = useFeature('connection', (state) => state.provider);
  const id = route.screen === 'environment' ? route.id : undefined;
  const meets = useFeature('sync', (state) => state.id === id && state.meeting !== undefined);
  const merge = useFeature('merges', ({ sessions }) =>
    id === undefined ? undefined : sessions.get(id)?.state,
  );
  if (meets) return topics.bothSides;
  if (merge !== undefined) return merge === 'gone' ? topics.gone : topics.conflict;
  return topicOf(route, provider);
}

/** Opens the guide at the chapter about this page. */
export function HelpButton() {
  const { help } = useStores();
  const topic = usePageTopic();
  return (
    <IconButton
      label="Help"
      hint={`Help, ${shortcutOf('help') ?? ''}`}
      onPress={() => help.getState().show(topic)}
      // The sign, not its invisible frame, ends where the page does.
      className="-mr-1.5"
    >
      <CircleQuestionMark aria-hidden className="size-4" />
    </IconButton>
  );
}
