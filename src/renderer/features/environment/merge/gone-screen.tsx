import type { Absence } from '@shared/model/environment-merge';
import { useEffect, useRef } from 'react';
import { useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { ErrorCard } from '@renderer/components/card';
import { plural } from '@renderer/lib/format';
import { countsOf } from '../draft';
import type { Gone } from './session';

const sentences = {
  missing: 'Its path no longer has a secret.',
  deleted: 'Its newest version was deleted.',
  scheduled: 'It is scheduled for deletion. Until then its name is taken, and it can be undeleted.',
} as const satisfies Record<Absence, string>;

/** The secret is gone from the server while there are edits of it. */
export function GoneScreen({ id, session }: { readonly id: string; readonly session: Gone }) {
  const { merges, environment } = useStores();
  const { absence, busy, error, draft } = session;
  const { cancel, discard, recreate, undeleteAndSave } = merges.getState();
  const heading = useRef<HTMLHeadingElement>(null);
  const count = countsOf(draft).total;
  const isScheduled = absence === 'scheduled';

  // The button that led here is gone, so the heading takes the focus.
  useEffect(() => heading.current?.focus(), []);

  return (
    <section
      aria-label="Deleted on the server"
      className="flex min-h-0 flex-1 flex-col gap-3 overflow-auto p-5"
    >
      <div className="flex max-w-2xl flex-col gap-1">
        <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
          This environment was deleted on the server
        </h2>
        <p className="text-text-2">
          {sentences[absence]} Your {count === 1 ? 'edit' : plural(count, 'edit')} and the other
          variables are still in memory. Nothing was written.
        </p>
      </div>
      {error === undefined ? null : (
        <div className="max-w-2xl">
          <ErrorCard report={error} note="Nothing was written. Your edits are still here." />
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          isBusy={busy}
          onPress={() => void (isScheduled ? undeleteAndSave(id) : recreate(id))}
        >
          {isScheduled ? 'Undelete and overwrite' : 'Recreate it'}
        </Button>
        <Button
          variant="danger"
          isDisabled={busy}
          onPress={() => {
            discard(id);
            void environment.getState().refresh();
          }}
        >
          Discard my edits
        </Button>
        <Button variant="quiet" isDisabled={busy} onPress={() => cancel(id)}>
          Cancel
        </Button>
      </div>
    </section>
  );
}
