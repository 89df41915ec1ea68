/** The search field of the guide, and what it finds instead of the chapter. */
import { useMemo, type ReactNode, type RefObject } from 'react';
import { Autocomplete, ListBox, ListBoxItem } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { SearchField } from '../../components/search-field';
import { plural } from '../../lib/format';
import { searchGuide, type Found } from './search';

const SHOWN = 40;

const idOf = ({ place }: Found): string => `${place.chapter ?? ''}#${place.anchor ?? ''}`;

export function GuideSearch({
  field,
  children,
}: {
  readonly field: RefObject<HTMLInputElement | null>;
  /** What is on show while nothing is searched for: it scrolls. */
  readonly children: ReactNode;
}) {
  const { help } = useStores();
  const query = useFeature('help', (state) => state.query);
  const isListing = useFeature('help', (state) => state.isSearching && state.query.trim() !== '');
  const found = useMemo(() => searchGuide(query, SHOWN), [query]);

  const choose = (id: string): void => {
    const one = found.find((each) => idOf(each) === id);
    if (one !== undefined) help.getState().choose(one.place);
  };

  return (
    <Autocomplete inputValue={query} onInputChange={(text) => help.getState().search(text)}>
      <div className="border-b border-line px-3 py-2">
        <SearchField
          label="Search the guide"
          placeholder="Search the guide"
          inputRef={field}
          chooses={isListing}
          // After a place that was chosen, Enter leads back to what was found.
          onSubmit={() => help.getState().search(query)}
        />
      </div>
      {isListing ? (
        <>
          <output className="px-5 pt-3 pb-1 text-xs text-text-2">
            {found.length === 0
              ? 'Not in the guide. Try fewer or other words.'
              : found.length === SHOWN
                ? `The first ${String(SHOWN)} places`
                : plural(found.length, 'place')}
          </output>
          <ListBox
            aria-label="Found in the guide"
            items={found.map((one) => ({ ...one, id: idOf(one) }))}
            onAction={(key) => choose(String(key))}
            className="min-h-0 flex-1 overflow-auto px-2 pb-3 outline-none"
          >
            {({ title, chapter, excerpt }) => (
              <ListBoxItem
                textValue={title}
                className="flex cursor-default flex-col rounded-md px-3 py-2 outline-none data-focused:bg-brass-wash data-focused:shadow-[inset_2px_0_0_var(--brass-fill)] data-hovered:not-data-focused:bg-hover"
              >
                <span className="font-semibold">{title}</span>
                {chapter === title ? null : <span className="text-xs text-text-2">{chapter}</span>}
                {excerpt === '' ? null : (
                  <span className="mt-0.5 text-xs wrap-anywhere text-text-2">{excerpt}</span>
                )}
              </ListBoxItem>
            )}
          </ListBox>
        </>
      ) : (
        children
      )}
    </Autocomplete>
  );
}
