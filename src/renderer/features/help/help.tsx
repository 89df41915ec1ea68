/** Opens the guide: at the chapter about the page, or to search in it. */
import { useCommand } from '../../app/use-command';
import { useFeature, useStores } from '../../app/stores';
import { laterComponent } from '../../lib/later';
import { usePageTopic } from './help-button';

const HelpPane = laterComponent(async () => (await import('./help-pane')).HelpPane);

export function Help() {
  const { help } = useStores();
  const open = useFeature('help', (state) => state.open);
  const topic = usePageTopic();
  useCommand('help', () => help.getState().show(topic));
  useCommand('search-guide', () => help.getState().search(''));
  return open === undefined ? null : <HelpPane place={open} />;
}
