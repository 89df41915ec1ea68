/** Finds every command, environment, variable and chapter of the guide by a few letters. */
/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a list of HTML cannot show icons, and takes the focus itself */
import { CircleQuestionMark, CornerDownLeft, KeyRound, LockKeyhole, Search } from 'lucide-react';
import {
  memo,
  useEffect,
  useEffectEvent,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { Input, SearchField } from 'react-aria-components';
import { useStore } from 'zustand';
import { commandEntry, commandIds, type CommandId } from '@shared/commands';
import { LINK_SCHEME } from '@shared/model/place';
import { recentEntryOf } from '@shared/model/recent';
import { followLink } from '../../app/places';
import { isShortcutOf, shortcutOf } from '../../app/shortcuts';
import { useFeature, useStores } from '../../app/stores';
import { StateMark } from '../environments/state-mark';
import { MiddleText } from '../../components/middle-text';
import { cx } from '../../lib/class-names';
import { useFirstFocus } from '../../lib/first-focus';
import { later } from '../../lib/later';
import { hitDetail, hitId, mayFindSecrets } from '../search/store';
import { useOpenHit } from '../search/use-open-hit';
import { rank } from './match';
import type { PaletteState } from './store';

const SHOWN = 30;

/** From a letter until a screen reader says the first result. */
const SAID_AFTER_MS = 500;

const laterGuide = later(async () => {
  const [{ headings }, { searchGuide }] = await Promise.all([
    import('../help/guide'),
    import('../help/search'),
  ]);
  return { headings, searchGuide };
});

/** The guide as soon as it is loaded: the palette is there before it. */
function useGuide() {
  const guide = laterGuide.use();
  return guide === 'failed' ? undefined : guide;
}

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly keywords?: string | undefined;
  readonly byWordsOnly?: boolean;
  readonly tier?: number;
  /** More about it, in small. */
  readonly detail?: string;
  /** Whether choosing it leaves the palette open. */
  readonly staysOpen?: boolean;
  /** The kind of entry, such as `Environment`. */
  readonly kind: string;
  readonly keys?: string | undefined;
  readonly icon?: ReactNode;
  readonly run: () => void;
}

export function Finder({ what }: { readonly what: NonNullable<PaletteState['open']> }) {
  const stores = useStores();
  const { palette, paletteSearch, preferences } = stores;
  const field = useFirstFocus(true);
  const [query, setQuery] = useState('');
  const entries = useEntries(what);
  const hits = useHits(what === 'everything');
  const inGuide = useGuideSearch(what === 'everything' ? query : '');
  const recent = useStore(preferences, (state) => state.recent);
  // What comes late must not push a chapter of the guide away from under the Enter that chooses it.
  const isSettled = useFeature(
    'paletteSearch',
    (state) => state.query === '' || state.found !== undefined || state.error !== undefined,
  );
  const found: readonly Entry[] = useMemo(() => {
    const link = query.trim();
    if (link.startsWith(`${LINK_SCHEME}:`)) {
      const run = (): void => void followLink(stores, link);
      return [{ id: 'link', title: 'Open this link', kind: 'Link', run }] satisfies Entry[];
    }
    const all = [...entries, ...hits, ...inGuide];
    const offered = isSettled ? all : all.filter(({ tier = 0 }) => tier === 0);
    return rank(offered, query, recent, SHOWN);
  }, [entries, hits, inGuide, isSettled, query, recent, stores]);

  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  // The result that a person or the pause after a letter went to; Enter chooses the first one otherwise.
  const [active, setActive] = useState<string>();
  const [isSaid, setSaid] = useState(true);
  const activeAt = Math.max(
    0,
    found.findIndex(({ id }) => id === active),
  );

  const [entered, setEntered] = useState(false);
  const type = (text: string): void => {
    setQuery(text);
    setEntered(false);
    setActive(undefined);
    setSaid(false);
    // Before the results change, while it costs no layout.
    list.current?.scrollTo(0, 0);
    if (what === 'everything') paletteSearch.getState().find(text);
  };
  useEffect(() => () => paletteSearch.getState().find(''), [paletteSearch]);

  // A screen reader says the letter first. It says no result for one that was deleted.
  const before = useRef('');
  const say = useEffectEvent((): void => {
    setActive((chosen) => chosen ?? found[0]?.id);
    setSaid(true);
  });
  useEffect(() => {
    const isLonger = query.length > before.current.length;
    before.current = query;
    if (!isLonger) return undefined;
    const timer = setTimeout(say, SAID_AFTER_MS);
    return () => clearTimeout(timer);
  }, [query]);

  const choose = (entry: Entry): void => {
    if (entry.staysOpen === true) return entry.run();
    palette.getState().show(undefined);
    preferences.getState().used(entry.id);
    // The palette restores the focus first; then the command may move it.
    requestAnimationFrame(entry.run);
  };

  // Enter came before what it is for.
  const [first] = found;
  const chooseLate = useEffectEvent(choose);
  useEffect(() => {
    if (entered && isSettled && first !== undefined) chooseLate(first);
  }, [entered, isSettled, first]);

  const goTo = (index: number): void => {
    const at = Math.min(Math.max(index, 0), found.length - 1);
    const option = list.current?.children[at];
    if (found[at] === undefined || option === undefined) return;
    setActive(found[at].id);
    setSaid(true);
    option.scrollIntoView({ block: 'nearest' });
  };

  /** Returns whether the key was handled. */
  const onKey = ({ key, shiftKey }: KeyboardEvent): boolean => {
    switch (key) {
      case 'ArrowDown':
        goTo(activeAt + 1);
        return true;
      case 'ArrowUp':
        goTo(activeAt - 1);
        return true;
      case 'PageDown':
        goTo(activeAt + pageOf(list.current));
        return true;
      case 'PageUp':
        goTo(activeAt - pageOf(list.current));
        return true;
      case 'Home':
      case 'End':
        // With Shift they select text.
        if (shiftKey) return false;
        goTo(key === 'Home' ? 0 : found.length - 1);
        return true;
      case 'Enter': {
        const entry = found[activeAt];
        if (entry === undefined) setEntered(!isSettled);
        else choose(entry);
        return true;
      }
      case 'ArrowLeft':
      case 'ArrowRight':
        // A screen reader says where the cursor goes in the text.
        setSaid(false);
        return false;
      default:
        return false;
    }
  };

  return (
    <>
      <SearchField
        aria-label={
          what === 'everything'
            ? 'Search commands, environments and variables'
            : 'Search environments'
        }
        value={query}
        onChange={type}
        // The palette was opened to type.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onKeyDown={(event) => {
          if (isShortcutOf('palette', event)) palette.getState().show(undefined);
          // A key that is part of writing a character is no command.
          else if (event.nativeEvent.isComposing || !onKey(event)) event.continuePropagation();
          else event.preventDefault();
        }}
        className="flex items-center gap-2.5 border-b border-line px-4"
      >
        <Search aria-hidden className="size-4 shrink-0 text-text-3" />
        <Input
          ref={field}
          // A search field does not say that it chooses from a list.
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-autocomplete="list"
          {...(isSaid &&
            first !== undefined && { 'aria-activedescendant': optionId(listId, activeAt) })}
          autoComplete="off"
          autoCorrect="off"
          spellCheck="false"
          placeholder={
            what === 'everything' ? 'A command, an environment, a key or a value' : 'An environment'
          }
          className="h-11 w-full min-w-0 bg-transparent text-lg outline-none [&::-webkit-search-cancel-button]:hidden"
        />
      </SearchField>
      {/* The field has the focus, and handles the keys. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label="Results"
        // The field keeps the focus.
        onMouseDown={(event) => event.preventDefault()}
        onClick={({ target }) => {
          if (!(target instanceof Element)) return;
          const id = target.closest<HTMLElement>('[role="option"]')?.dataset['key'];
          const entry = found.find((one) => one.id === id);
          if (entry !== undefined) choose(entry);
        }}
        className="max-h-[26rem] min-h-0 overflow-auto p-1.5"
      >
        {first === undefined ? (
          // A list has options only.
          <div role="option" aria-selected={false} aria-disabled className="px-3 py-2 text-text-2">
            Nothing matches “{query.trim()}”. Try fewer letters.
          </div>
        ) : null}
        {found.map((entry, at) => (
          <Result
            // Elements take on other results instead of being made again.
            // oxlint-disable-next-line react/no-array-index-key
            key={at}
            id={optionId(listId, at)}
            entry={entry}
            isActive={at === activeAt}
          />
        ))}
      </div>
    </>
  );
}

const optionId = (listId: string, at: number): string => `${listId}-${String(at)}`;

/** The number of results in sight. */
function pageOf(list: HTMLElement | null): number {
  const option = list?.firstElementChild;
  return list === null || !(option instanceof HTMLElement)
    ? 1
    : Math.max(1, Math.floor(list.clientHeight / option.offsetHeight));
}

interface ResultProps {
  readonly id: string;
  readonly entry: Entry;
  /** Whether Enter chooses it. */
  readonly isActive: boolean;
}

const Result = memo(function Result({ id, entry, isActive }: ResultProps) {
  const { title, detail, kind, keys, icon } = entry;
  return (
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- the field has the focus
    <div
      role="option"
      id={id}
      data-key={entry.id}
      aria-selected={isActive}
      className="flex h-8 cursor-default items-center gap-2.5 rounded-sm px-2.5 select-none hover:bg-hover aria-selected:bg-brass-wash aria-selected:shadow-[inset_2px_0_0_var(--brass-fill)]"
    >
      <span className="flex w-4 shrink-0 justify-center text-text-3">{icon}</span>
      <span
        title={title}
        className={cx(
          'min-w-0 truncate',
          detail === undefined ? 'flex-1' : 'max-w-3/5 shrink-0 font-mono text-xs',
        )}
      >
        {title}
      </span>
      {detail === undefined ? null : (
        <span className="flex min-w-0 flex-1 text-xs text-text-2">
          <MiddleText>{detail}</MiddleText>
        </span>
      )}
      <span className="shrink-0 truncate text-2xs text-text-3">{kind}</span>
      <kbd
        aria-hidden
        className="flex min-w-16 justify-end font-sans text-2xs text-text-2 tabular-nums"
      >
        {keys ?? (isActive ? <CornerDownLeft className="size-3" /> : null)}
      </kbd>
    </div>
  );
});

function useEntries(what: NonNullable<PaletteState['open']>): readonly Entry[] {
  const { navigation, workspaces, commands, help } = useStores();
  const offered = useFeature('commands', (state) => state.offered);
  const environments = useFeature('environments', (state) => state.list);
  const workspaceList = useFeature('workspaces', (state) => state.list);
  const current = useFeature('workspaces', (state) => state.current.id);
  const guide = useGuide();

  return useMemo(() => {
    const places: Entry[] = environments.map(({ id, name, path, state }) => ({
      id: recentEntryOf(id),
      title: name,
      keywords: path,
      kind: 'Environment',
      icon: <StateMark state={state} />,
      run: () => navigation.getState().go({ screen: 'environment', id }),
    }));
    if (what === 'environments') return places;
    const others: Entry[] = workspaceList
      .filter(({ id }) => id !== current)
      .map(({ id, name }) => ({
        id: `workspace ${id}`,
        title: `Switch to ${name}`,
        keywords: 'workspace',
        kind: 'Workspace',
        run: () => void workspaces.getState().switchTo(id),
      }));
    const can = commandIds.filter((id) => isWorthOffering(id) && offered.has(id));
    const done: Entry[] = can.map((id) => {
      const { title, group, keywords } = commandEntry(id);
      return {
        id,
        title,
        keywords,
        kind: group,
        keys: shortcutOf(id),
        run: () => void commands.getState().run(id),
      };
    });
    const chapters: Entry[] = (guide?.headings ?? []).map(({ title, chapter, place }) => ({
      id: `help ${place.chapter ?? ''} ${place.anchor ?? ''}`,
      title: `Help: ${title}`,
      kind: chapter === title ? 'User guide' : chapter,
      byWordsOnly: true,
      tier: 2,
      run: () => help.getState().show(place),
    }));
    return [...done, ...others, ...places, ...chapters];
  }, [
    what,
    environments,
    workspaceList,
    current,
    guide,
    offered,
    navigation,
    workspaces,
    commands,
    help,
  ]);
}

/** What the core found, and how to find more. */
function useHits(isOn: boolean): readonly Entry[] {
  const { keyHolders, paletteSearch } = useStores();
  const query = useFeature('paletteSearch', (state) => state.query);
  const found = useFeature('paletteSearch', (state) => state.found);
  const isMore = useFeature('paletteSearch', mayFindSecrets);
  const list = useFeature('environments', (state) => state.list);
  const openHit = useOpenHit();
  return useMemo(() => {
    if (!isOn || found === undefined) return [];
    const variables = found.hits.map((hit): Entry => ({
      id: hitId(hit),
      title: hit.key,
      detail: hitDetail(hit, list),
      kind: 'Variable',
      icon: <KeyRound aria-hidden className="size-3.5" />,
      run: () => openHit(hit),
      // The core found it by the whole query, wherever that is.
      keywords: query,
      ...(hit.kind === 'value' && { tier: 1 }),
    }));
    const exact = found.hits.find(
      ({ kind, key }) => kind === 'key' && key.toLowerCase() === query.toLowerCase(),
    );
    const holders: readonly Entry[] =
      exact === undefined
        ? []
        : [
            {
              id: `holders ${exact.key}`,
              title: `Which environments have or lack ${exact.key}`,
              kind: 'Variable',
              run: () => void keyHolders.getState().show(exact.key),
            },
          ];
    const secrets: readonly Entry[] =
      isMore && list.length > 0
        ? [
            {
              id: 'search-secrets',
              title: `Search secret values for “${query}”`,
              kind: 'Search',
              icon: <LockKeyhole aria-hidden className="size-3.5" />,
              tier: 3,
              staysOpen: true,
              run: () => paletteSearch.getState().findSecrets(),
            },
          ]
        : [];
    return [...variables, ...holders, ...secrets];
  }, [isOn, query, found, isMore, list, openHit, keyHolders, paletteSearch]);
}

/** Leads to the search in the guide, if it finds something. */
function useGuideSearch(query: string): readonly Entry[] {
  const { help } = useStores();
  const guide = useGuide();
  return useMemo(() => {
    const text = query.trim();
    if (guide === undefined || guide.searchGuide(text, 1).length === 0) return [];
    return [
      {
        id: 'search-guide-for',
        title: `Search the guide for “${text}”`,
        kind: 'User guide',
        icon: <CircleQuestionMark aria-hidden className="size-3.5" />,
        tier: 4,
        run: () => help.getState().search(text),
      },
    ];
  }, [guide, query, help]);
}

/** All but the palette, which is open already. */
const isWorthOffering = (id: CommandId): boolean => id !== 'palette';
