/** The guide next to the page it is about. The page can be used meanwhile. */
import { List, X } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent, type RefObject } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { IconButton } from '../../components/button';
import { TextLink } from '../../components/text-link';
import { Blocks, headingId } from './blocks';
import { chapters, type Place } from './guide';
import { GuideSearch } from './guide-search';
import { highlightWords } from './highlight';
import { wordsOf } from './search';

export function HelpPane({ place }: { readonly place: Place }) {
  const { help } = useStores();
  const pane = useRef<HTMLElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const query = useFeature('help', (state) => state.query);
  const isSearching = useFeature('help', (state) => state.isSearching);
  const chapter = place.chapter === undefined ? undefined : chapters.get(place.chapter);

  // Restores the focus when the pane closes. Runs before the next effect, which moves the focus.
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  useEffect(() => {
    if (isSearching) return field.current?.focus();
    const id = place.anchor === undefined ? 'help-title' : headingId(place.anchor);
    const heading = pane.current?.querySelector<HTMLElement>(`#${CSS.escape(id)}`);
    heading?.focus({ preventScroll: true });
    heading?.scrollIntoView({ block: 'start' });
  }, [place, isSearching]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    help.getState().close();
  };

  return (
    // Escape closes the pane from anywhere inside.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside
      ref={pane}
      aria-label="Help"
      onKeyDown={onKeyDown}
      className="absolute inset-y-0 right-0 z-20 flex w-88 max-w-full flex-col border-l border-line bg-bg shadow-overlay @min-[51rem]/stage:static @min-[51rem]/stage:shadow-none"
    >
      <header className="flex items-center gap-1 border-b border-line py-2 pr-2 pl-5">
        <p className="min-w-0 flex-1 truncate text-text-2">User guide</p>
        <IconButton label="All chapters" onPress={() => help.getState().show({})}>
          <List aria-hidden className="size-4" />
        </IconButton>
        <IconButton label="Close help" hint="Close, Esc" onPress={() => help.getState().close()}>
          <X aria-hidden className="size-4" />
        </IconButton>
      </header>
      <Marks key={JSON.stringify([place, isSearching])} pane={pane} query={query} />
      <GuideSearch field={field}>
        <div className="min-h-0 flex-1 overflow-auto px-5 py-4">
          <div className="flex flex-col gap-2.5 text-text-2 select-text">
            {query === '' ? null : (
              <p>
                <TextLink onPress={() => help.getState().search(query)}>
                  Back to what was found
                </TextLink>
              </p>
            )}
            <h2
              id="help-title"
              tabIndex={-1}
              className="scroll-mt-4 text-lg font-semibold text-text outline-none"
            >
              {chapter?.title ?? 'User guide'}
            </h2>
            {chapter === undefined ? (
              <Contents />
            ) : (
              <Blocks chapter={chapter.id} title={chapter.title} blocks={chapter.blocks} />
            )}
          </div>
        </div>
      </GuideSearch>
    </aside>
  );
}

/** Marks the words of the search in what is on show. It is made again with other content. */
function Marks({
  pane,
  query,
}: {
  readonly pane: RefObject<HTMLElement | null>;
  readonly query: string;
}) {
  useEffect(
    () => (pane.current === null ? undefined : highlightWords(pane.current, wordsOf(query))),
    [pane, query],
  );
  return null;
}

function Contents() {
  const { commands, help } = useStores();
  return (
    <ul className="flex flex-col gap-2">
      <li>
        <TextLink onPress={() => void commands.getState().run('tour')}>
          Take the one-minute tour
        </TextLink>
      </li>
      {[...chapters.values()].map(({ id, title }) => (
        <li key={id}>
          <TextLink onPress={() => help.getState().show({ chapter: id })}>{title}</TextLink>
        </li>
      ))}
    </ul>
  );
}
