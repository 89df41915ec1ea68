/** The packages of the app and their licences. The list is long, so it is loaded on request. */
import { useState } from 'react';
import { GridList, GridListItem, ListLayout, Virtualizer } from 'react-aria-components';
import { Button } from '@renderer/components/button';
import { Dialog } from '@renderer/components/dialog';
import { Section } from '@renderer/components/page';
import { plural } from '@renderer/lib/format';
import { scaled } from '@renderer/lib/rem';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** The index of the licence text; a few packages have none. */
  readonly text?: number;
}

interface LicenceList {
  readonly packages: readonly Package[];
  readonly texts: readonly string[];
}

const ROW = 28;
const ROWS_SHOWN = 10;

const load = async (): Promise<LicenceList> => (await import('./licences.json')).default;

export function Licences() {
  const [list, setList] = useState<LicenceList>();
  return (
    <Section
      title="Licences"
      note={
        list === undefined ? null : (
          <span className="text-xs text-text-2">{plural(list.packages.length, 'package')}</span>
        )
      }
    >
      <p className="text-text-2">Strongroom contains these packages.</p>
      {list === undefined ? (
        <div>
          <Button onPress={() => void load().then(setList)}>Show licences</Button>
        </div>
      ) : (
        <Packages {...list} />
      )}
    </Section>
  );
}

function Packages({ packages, texts }: LicenceList) {
  const [shown, setShown] = useState<Package>();
  const row = scaled(ROW);
  const text = shown?.text === undefined ? undefined : texts[shown.text];
  return (
    <>
      <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: row }}>
        <GridList
          aria-label="Licences"
          items={packages.map((one) => ({ ...one, id: `${one.name} ${one.version}` }))}
          selectionMode="none"
          onAction={(key) =>
            setShown(packages.find(({ name, version }) => `${name} ${version}` === key))
          }
          className="overflow-auto rounded-md border border-line bg-raised"
          style={{ height: ROWS_SHOWN * row + 2 }}
        >
          {({ id, name, version, licence }) => (
            <GridListItem
              id={id}
              textValue={`${name}, ${version}, ${licence}`}
              className="grid h-full cursor-default grid-cols-[minmax(0,1fr)_6rem_8rem] items-center gap-3 px-2.5 text-xs data-focus-visible:-outline-offset-2 data-hovered:bg-hover"
            >
              <span className="truncate font-mono" title={name}>
                {name}
              </span>
              <span className="truncate text-text-2 tabular-nums">{version}</span>
              <span className="truncate text-text-2" title={licence}>
                {licence}
              </span>
            </GridListItem>
          )}
        </GridList>
      </Virtualizer>
      <Dialog
        isOpen={shown !== undefined}
        onClose={() => setShown(undefined)}
        size="md"
        title={shown === undefined ? '' : `${shown.name} ${shown.version}`}
        actions={<Button onPress={() => setShown(undefined)}>Close</Button>}
      >
        {text === undefined ? (
          <p className="text-text-2">
            {shown?.licence}. The package contains no licence text; the standard text of that
            licence applies.
          </p>
        ) : (
          <pre
            // Long texts scroll. Focus lets people scroll them without a mouse.
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            className="max-h-[55vh] overflow-auto rounded-md border border-line bg-sunken p-3 font-mono text-2xs whitespace-pre-wrap select-text"
          >
            {text}
          </pre>
        )}
      </Dialog>
    </>
  );
}
