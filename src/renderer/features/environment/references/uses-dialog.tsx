/** Where is this used: the variables that refer to one, with a way to each. */
import { listOf } from '@shared/model/format';
import type { Use, Uses } from '@shared/model/stored-reference';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { Dialog } from '@renderer/components/dialog';
import { ErrorText } from '@renderer/components/error-text';
import { Spinner } from '@renderer/components/spinner';
import { TextLink } from '@renderer/components/text-link';

export function UsesDialog() {
  const { references } = useStores();
  const question = useFeature('references', (state) => state.question);
  const { closeQuestion, go } = references.getState();
  if (question === undefined) return null;
  const { key, uses, error } = question;
  return (
    <Dialog
      isOpen
      title={`Where ${key} is used`}
      onClose={closeQuestion}
      actions={<Button onPress={closeQuestion}>Close</Button>}
    >
      {error === undefined ? null : <ErrorText report={error} live />}
      {uses === undefined && error === undefined ? (
        <p className="flex items-center gap-2 text-text-2">
          <Spinner /> Looking
        </p>
      ) : null}
      {uses === undefined ? null : (
        <Found uses={uses} onGo={(use) => go({ id: use.environmentId, key: use.key })} />
      )}
    </Dialog>
  );
}

function Found({
  uses: { uses, unread, grants },
  onGo,
}: {
  readonly uses: Uses;
  readonly onGo: (use: Use) => void;
}) {
  return (
    <>
      {uses.length === 0 ? (
        <p className="text-text-2">
          No variable of this workspace refers to it. To refer to it, type @ in the value of another
          variable.
        </p>
      ) : (
        <ul aria-label="Uses" className="flex flex-col gap-1">
          {uses.map((use) => (
            <li
              key={`${use.environmentId} ${use.key}`}
              className="flex flex-wrap items-baseline gap-x-2 font-mono text-xs leading-5"
            >
              <TextLink onPress={() => onGo(use)}>
                {use.environment} / {use.key}
              </TextLink>
              <span className="font-sans text-text-3">
                {[
                  use.as === 'part' ? 'as a part of its value' : 'reference',
                  ...(use.unsaved === true ? ['not saved'] : []),
                ].join(', ')}
              </span>
            </li>
          ))}
        </ul>
      )}
      {grants.length === 0 ? null : (
        <p className="text-text-2">Requests with {listOf(grants)} use it as their credential.</p>
      )}
      {unread.length === 0 ? null : (
        <p className="text-xs text-text-2">
          Not loaded, so not searched: {listOf(unread)}. Pull {unread.length === 1 ? 'it' : 'them'}{' '}
          to search there too.
        </p>
      )}
      <p className="text-xs text-text-3">
        Programs, files and configurations that name it are not searched.
      </p>
    </>
  );
}
