/** The environments that have a key, and those that lack it. */
import type { Environment } from '@shared/model/environment';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { ErrorText } from '../../components/error-text';
import { Spinner } from '../../components/spinner';
import { TextLink } from '../../components/text-link';
import { formatCount } from '../../lib/format';

/** Names in one list, at most: nobody reads more. */
const NAMED = 100;

export function KeyDialog({ asked: key }: { readonly asked: string }) {
  const { keyHolders, navigation, references } = useStores();
  const holders = useFeature('keyHolders', (state) => state.holders);
  const error = useFeature('keyHolders', (state) => state.error);
  const { close } = keyHolders.getState();
  const leave = (go: () => void): void => {
    close();
    go();
  };
  return (
    <Dialog
      isOpen
      title={`Environments with ${key}`}
      onClose={close}
      actions={<Button onPress={close}>Close</Button>}
    >
      {error === undefined ? null : <ErrorText report={error} live />}
      {holders === undefined ? (
        error === undefined ? (
          <p className="flex items-center gap-2 text-text-2">
            <Spinner /> Looking
          </p>
        ) : null
      ) : (
        <div className="flex flex-col gap-4">
          <Names
            title="Have it"
            ids={holders.having}
            onGo={({ id }) => leave(() => references.getState().go({ id, key }))}
          />
          <Names
            title="Lack it"
            ids={holders.lacking}
            onGo={({ id }) => leave(() => navigation.getState().go({ screen: 'environment', id }))}
          />
          <Names
            title="Not loaded, so not searched"
            ids={holders.unread}
            onGo={({ id }) => leave(() => navigation.getState().go({ screen: 'environment', id }))}
          />
        </div>
      )}
    </Dialog>
  );
}

interface NamesProps {
  readonly title: string;
  readonly ids: readonly string[];
  readonly onGo: (environment: Environment) => void;
}

function Names({ title, ids, onGo }: NamesProps) {
  const list = useFeature('environments', (state) => state.list);
  if (ids.length === 0) return null;
  const wanted = new Set(ids);
  const named = list.filter(({ id }) => wanted.has(id)).slice(0, NAMED);
  return (
    <section aria-label={title}>
      <h3 className="pb-1 font-semibold">
        {title} <span className="font-normal text-text-3">{formatCount(ids.length)}</span>
      </h3>
      <ul aria-label={title} className="flex max-h-60 flex-col overflow-auto">
        {named.map((environment) => (
          <li key={environment.id} className="leading-6">
            <TextLink onPress={() => onGo(environment)}>{environment.name}</TextLink>
          </li>
        ))}
        {ids.length > named.length ? (
          <li className="text-text-3">and {formatCount(ids.length - named.length)} more</li>
        ) : null}
      </ul>
    </section>
  );
}
