/** The variables here and the secret at the path, side by side, and the ways to resolve them. */
import type { SideBySide } from '@shared/model/link';
import type { Environment } from '@shared/model/environment';
import { Radio, RadioGroup, TableBody, TableHeader } from 'react-aria-components';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { ActionBar } from '@renderer/components/page';
import { Chip } from '@renderer/components/chip';
import { Cell, Column, LongTable, Row } from '@renderer/components/table';
import type { TallRows } from '@renderer/components/tall-rows-layout';
import { plural } from '@renderer/lib/format';
import { scaled } from '@renderer/lib/rem';
import { rowId } from '../draft';
import { SyncError } from './sync-error';
import { differingKeys, type Meeting as Both, type Side } from './store';

const NO_TALL_ROWS: TallRows = new Map();

interface Item extends SideBySide {
  readonly id: string;
  readonly chosen: Side | undefined;
}

export function Meeting({ environment }: { readonly environment: Environment }) {
  const meeting = useFeature('sync', (state) => state.meeting);
  return meeting === undefined ? null : <BothSides meeting={meeting} environment={environment} />;
}

function BothSides({
  meeting,
  environment,
}: {
  readonly meeting: Both;
  readonly environment: Environment;
}) {
  const { sync } = useStores();
  const busy = useFeature('sync', (state) => state.busy);
  const { preview, chosen } = meeting;
  const { choose, resolve, cancel } = sync.getState();
  const differing = differingKeys(meeting);
  const count = (state: SideBySide['state']): number =>
    preview.keys.filter((one) => one.state === state).length;
  const isList = preview.shape === undefined || preview.shape === 'map';
  const items = preview.keys.map((one): Item => ({
    ...one,
    id: rowId(one.key),
    chosen: chosen.get(one.key),
  }));

  return (
    <section aria-label="Both sides" className="flex min-h-0 flex-1 flex-col">
      <SyncError id={environment.id} synced={false} />
      <div className="flex flex-col gap-1 px-5 py-3">
        <h2 className="min-w-0 text-lg font-semibold wrap-anywhere">
          There is already a secret at {preview.path}
        </h2>
        <p className="text-text-2">
          {isList
            ? summaryOf(count('same'), count('different'), count('here'), count('server'))
            : 'It is not a set of variables, so it cannot be merged with yours.'}{' '}
          Nothing is written until you choose.
        </p>
        {differing.length > 1 ? (
          <div className="flex flex-wrap gap-1 pt-1">
            <Button size="sm" onPress={() => choose('here', differing)}>
              Mine for all
            </Button>
            <Button size="sm" onPress={() => choose('server', differing)}>
              The server’s for all
            </Button>
          </div>
        ) : null}
      </div>
      <LongTable aria-label="Both sides" tall={NO_TALL_ROWS}>
        <TableHeader>
          <Column id="key" isRowHeader width="1.4fr" minWidth={scaled(150)} className="pl-5">
            Key
          </Column>
          <Column id="here" width="1fr" minWidth={scaled(110)}>
            Here
          </Column>
          <Column id="server" width="1fr" minWidth={scaled(110)}>
            On the server
          </Column>
        </TableHeader>
        <TableBody items={items} dependencies={[chosen]}>
          {(item) => <KeyRow id={item.id} item={item} />}
        </TableBody>
      </LongTable>
      <ActionBar>
        <output className="min-w-40 flex-1 text-xs text-text-2">
          {differing.length > 0 && isList ? (
            <span className="block font-semibold text-text">
              {chosen.size} of {differing.length} chosen
            </span>
          ) : null}
          “Take the server’s” drops variables that are only here. “Replace it” drops those that are
          only there.
        </output>
        <div className="flex flex-wrap gap-2">
          <Button variant="quiet" isDisabled={busy} onPress={cancel}>
            Cancel
          </Button>
          <Button isDisabled={busy} onPress={() => void resolve('replace')}>
            Replace it
          </Button>
          <Button isDisabled={busy} onPress={() => void resolve('take-server')}>
            Take the server’s
          </Button>
          {isList ? (
            <Button
              variant="primary"
              isBusy={busy}
              isDisabled={chosen.size < differing.length}
              onPress={() => void resolve('merge')}
            >
              Merge
            </Button>
          ) : null}
        </div>
      </ActionBar>
    </section>
  );
}

function summaryOf(same: number, different: number, here: number, server: number): string {
  const parts = [
    different > 0 ? `${plural(different, 'key')} differ${different === 1 ? 's' : ''}` : '',
    same > 0 ? `${plural(same, 'key')} ${same === 1 ? 'is' : 'are'} the same` : '',
    here > 0 ? `${plural(here, 'key')} ${here === 1 ? 'is' : 'are'} only here` : '',
    server > 0 ? `${plural(server, 'key')} ${server === 1 ? 'is' : 'are'} only there` : '',
  ].filter(Boolean);
  return `${parts.join(', ')}.`;
}

const DOTS = '••••••';

function KeyRow({ id, item }: { readonly id: string; readonly item: Item }) {
  const { key, state, chosen } = item;
  return (
    <Row id={id} textValue={key}>
      <Cell className="relative pl-5">
        {state === 'different' ? (
          <span aria-hidden className="absolute inset-y-0 left-0 w-0.75 bg-brass-fill" />
        ) : null}
        <span className="min-w-0 truncate font-mono text-xs leading-5" title={key}>
          {key}
        </span>
      </Cell>
      <Cell>
        {state === 'different' ? (
          <SideChoice itemKey={key} side="here" chosen={chosen} />
        ) : (
          <SideText isThere={state !== 'server'} note={state === 'same' ? 'same' : undefined} />
        )}
      </Cell>
      <Cell>
        {state === 'different' ? (
          <SideChoice itemKey={key} side="server" chosen={chosen} />
        ) : (
          <SideText isThere={state !== 'here'} note={state === 'same' ? 'same' : undefined} />
        )}
      </Cell>
    </Row>
  );
}

const SideText = ({
  isThere,
  note,
}: {
  readonly isThere: boolean;
  readonly note: string | undefined;
}) => (
  <span className="flex items-center gap-2 font-mono text-xs leading-5 text-text-2">
    {isThere ? (
      <>
        <span aria-hidden>{DOTS}</span>
        <span className="sr-only">hidden</span>
      </>
    ) : (
      <>
        <span aria-hidden>–</span>
        <span className="sr-only">missing</span>
      </>
    )}
    {note === undefined ? null : <Chip>{note}</Chip>}
  </span>
);

/** One of the two values of a key. Each is a group with one radio, because each is in its own cell. */
function SideChoice({
  itemKey,
  side,
  chosen,
}: {
  readonly itemKey: string;
  readonly side: Side;
  readonly chosen: Side | undefined;
}) {
  const { sync } = useStores();
  return (
    <RadioGroup
      aria-label={side === 'here' ? `Mine for ${itemKey}` : `The server’s for ${itemKey}`}
      value={chosen ?? null}
      onChange={() => sync.getState().choose(side, [itemKey])}
    >
      <Radio
        value={side}
        className="native-input group flex w-fit cursor-default items-center gap-2 rounded-sm"
      >
        <span className="flex size-3.5 shrink-0 items-center justify-center rounded-full border border-control bg-raised group-data-selected:border-brass-fill group-data-selected:bg-brass-fill">
          <span className="size-1.5 rounded-full bg-transparent group-data-selected:bg-brass-ink" />
        </span>
        <span className="font-mono text-xs leading-5">{side === 'here' ? 'Mine' : 'Theirs'}</span>
      </Radio>
    </RadioGroup>
  );
}
