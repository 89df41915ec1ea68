/** The grants of a workspace at the left, and at the right the selected one or the way to a new one. */
import { KeyRound, Plus } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { shortcutOf } from '../../app/shortcuts';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { ErrorCard } from '../../components/card';
import { Centred, PageHeader } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { cx } from '../../lib/class-names';
import { HelpButton } from '../help/help-button';
import { AttemptPane } from './attempt-pane';
import { CloneGrant } from './clone-grant';
import { EditGrant } from './edit-grant';
import { GrantDetails } from './grant-details';
import { GrantList } from './grant-list';
import { NewGrantForm } from './new-grant';
import { RotateGrant } from './rotate-grant';
import { isAboutNew } from './store';
import { TemplateGallery } from './template-gallery';

export function RequestsScreen() {
  const isOnTheWay = useFeature('requests', ({ view }) => isAboutNew(view));
  useCurrentList();
  return (
    <>
      <PageHeader
        title="Requests"
        actions={isOnTheWay ? undefined : <NewButton />}
        help={<HelpButton />}
      >
        A grant lets programs use a credential without seeing it.
      </PageHeader>
      <Body />
    </>
  );
}

function NewButton() {
  const { requests } = useStores();
  const keys = shortcutOf('new-grant');
  return (
    <Button
      icon={<Plus aria-hidden className="size-3.5" />}
      onPress={() => requests.getState().show({ kind: 'gallery' })}
    >
      New grant
      {keys === undefined ? null : (
        <kbd aria-hidden className="font-sans text-2xs font-normal text-text-3">
          {keys}
        </kbd>
      )}
    </Button>
  );
}

/** The longest delay of a timer, in milliseconds: 2³¹ − 1. */
const LONGEST_DELAY = 2_147_483_647;

/** Lists the grants when the page opens, when the person comes back to the window, and when a grant expires. */
function useCurrentList(): void {
  const { requests } = useStores();
  const list = useFeature('requests', (state) => state.list);
  useEffect(() => {
    const { refresh } = requests.getState();
    void refresh();
    const onFocus = (): void => void refresh();
    window.addEventListener('focus', onFocus);
    return () => window.removeEventListener('focus', onFocus);
  }, [requests]);
  useEffect(() => {
    const ends = (list ?? []).flatMap(({ state, policy: { expiresAt } }) =>
      state === 'active' && expiresAt !== undefined ? [expiresAt] : [],
    );
    if (ends.length === 0) return undefined;
    const delay = Math.max(0, Math.min(...ends) - Date.now());
    if (delay > LONGEST_DELAY) return undefined;
    const timer = setTimeout(() => void requests.getState().refresh(), delay);
    return () => clearTimeout(timer);
  }, [requests, list]);
}

function Body(): ReactNode {
  const { requests } = useStores();
  const list = useFeature('requests', (state) => state.list);
  const error = useFeature('requests', (state) => state.error);
  const kind = useFeature('requests', ({ view }) => view.kind);
  const isOnTheWay = useFeature('requests', ({ view }) => isAboutNew(view));
  if (list === undefined) {
    return error === undefined ? (
      <ListSkeleton />
    ) : (
      <div className="min-h-0 flex-1 overflow-auto p-5">
        <div className="max-w-xl">
          <ErrorCard
            report={error}
            actions={<Button onPress={() => void requests.getState().refresh()}>Try again</Button>}
          />
        </div>
      </div>
    );
  }
  if (list.length === 0) return isOnTheWay ? <Pane /> : <Empty />;
  return (
    <div className="@container flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-0 flex-1 flex-col @min-[40rem]:flex-row">
        <div
          className={cx(
            'flex max-h-[36%] min-h-32 shrink-0 flex-col border-b border-line @min-[40rem]:max-h-none @min-[40rem]:min-h-0 @min-[40rem]:w-72 @min-[40rem]:border-r @min-[40rem]:border-b-0',
            // A form needs the room.
            kind !== 'grant' && '@max-[40rem]:hidden',
          )}
        >
          <GrantList list={list} />
        </div>
        <Pane />
      </div>
    </div>
  );
}

function Pane(): ReactNode {
  const view = useFeature('requests', (state) => state.view);
  const grant = useFeature('requests', ({ list = [], selected }) =>
    list.find(({ id }) => id === selected),
  );
  if (view.kind === 'gallery') return <TemplateGallery />;
  if (view.kind === 'new') {
    return <NewGrantForm key={view.template ?? ''} template={view.template} />;
  }
  if (grant === undefined) return null;
  switch (view.kind) {
    case 'grant':
      return <GrantDetails key={grant.id} grant={grant} />;
    case 'edit':
      return <EditGrant key={grant.id} grant={grant} />;
    case 'rotate':
      return <RotateGrant key={grant.id} grant={grant} />;
    case 'clone':
      return <CloneGrant key={grant.id} grant={grant} />;
    case 'try':
      return <AttemptPane key={grant.id} grant={grant} />;
  }
}

function Empty() {
  const { requests } = useStores();
  const { show } = requests.getState();
  return (
    <Centred
      icon={<KeyRound aria-hidden className="size-5" />}
      title="No grants yet"
      actions={
        <>
          <Button variant="primary" onPress={() => show({ kind: 'gallery' })}>
            Choose a service
          </Button>
          <Button onPress={() => show({ kind: 'new', template: undefined })}>Custom grant</Button>
        </>
      }
    >
      <p>
        Scripts and agents that call an API need its key. With a grant, Strongroom makes the request
        for them and adds the key, so they never have it.
      </p>
      <ol className="mt-1 flex list-decimal flex-col gap-1 pl-5 text-left text-pretty marker:text-text-3">
        <li>Choose the service and paste its key. The hosts and headers are filled in.</li>
        <li>Say who may use it, when and for what.</li>
        <li>
          Programs call{' '}
          <code className="rounded-xs bg-sunken px-1 py-px font-mono text-xs">
            strongroom request
          </code>{' '}
          or the library with the name of the grant.
        </li>
      </ol>
    </Centred>
  );
}

const ROWS = ['w-24', 'w-32', 'w-28', 'w-24'] as const;

const ListSkeleton = () => (
  <div className="@container min-h-0 flex-1 overflow-hidden">
    <output className="sr-only">Listing the grants</output>
    <div aria-hidden className="flex h-full flex-col @min-[40rem]:flex-row">
      <div className="flex flex-col gap-7 border-line p-5 @min-[40rem]:w-72 @min-[40rem]:border-r">
        {ROWS.map((width, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a fixed list of outlines
          <Skeleton key={index} className={width} />
        ))}
      </div>
      <div className="flex flex-1 flex-col gap-5 p-5">
        <Skeleton className="w-40" />
        <Skeleton className="w-80" />
        <Skeleton className="w-72" />
      </div>
    </div>
  </div>
);
