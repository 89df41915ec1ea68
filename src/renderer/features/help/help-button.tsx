import { CircleQuestionMark } from 'lucide-react';
import { shortcutOf } from '../../app/shortcuts';
import { useFeature, useStores } from '../../app/stores';
import { IconButton } from '../../components/button';
import type { Place } from './guide';
import { topicOf } from './topics';

/** The chapter about the page on show; in Settings → Vault, about the provider chosen in the form. */
export function usePageTopic(): Place {
  const route = useFeature('navigation', (state) => state.route);
  const provider = useFeature('connection', (state) => state.provider);
  return topicOf(route, provider);
}

/** Opens the guide at the chapter about this page, or about a part of it. */
export function HelpButton({ topic }: { readonly topic?: Place }) {
  const { help } = useStores();
  const page = usePageTopic();
  return (
    <IconButton
      label={topic === undefined ? 'Help' : 'Help on this'}
      hint={topic === undefined ? `Help, ${shortcutOf('help') ?? ''}` : 'Help on this'}
      onPress={() => help.getState().show(topic ?? page)}
      // The sign, not its invisible frame, ends where the page does.
      className="-mr-1.5"
    >
      <CircleQuestionMark aria-hidden className="size-4" />
    </IconButton>
  );
}
