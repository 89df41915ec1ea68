/** The services that a grant can be made for in a moment, found by a few letters. */
import { grantTemplates, type GrantTemplate } from '@shared/model/grant-templates';
import { Plus } from 'lucide-react';
import { Autocomplete, ListBox, ListBoxItem, useFilter } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Chip } from '../../components/chip';
import { SearchField } from '../../components/search-field';
import { PaneHead } from './pane';
import { typeWords } from './words';

const byName = grantTemplates.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));

export function TemplateGallery() {
  const { requests } = useStores();
  const { contains } = useFilter({ sensitivity: 'base' });
  const isFirst = useFeature('requests', ({ list = [] }) => list.length === 0);
  const { show } = requests.getState();
  return (
    <section aria-label="New grant" className="flex min-h-0 min-w-0 flex-1 flex-col">
      <PaneHead
        title="New grant"
        note="Choose the service that the credential is for."
        actions={
          <>
            <Button variant="quiet" onPress={() => show({ kind: 'grant' })}>
              {isFirst ? 'Back' : 'Cancel'}
            </Button>
            <Button
              icon={<Plus aria-hidden className="size-3.5" />}
              onPress={() => show({ kind: 'new', template: undefined })}
            >
              Custom
            </Button>
          </>
        }
      />
      <Autocomplete filter={contains}>
        <SearchField
          chooses
          label="Find a service"
          placeholder={`Find one of ${String(byName.length)} services`}
          // The pane was opened to choose.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          className="max-w-2xl px-5 pt-3 pb-1"
        />
        <ListBox
          aria-label="Services"
          items={byName}
          onAction={(id) => show({ kind: 'new', template: String(id) })}
          renderEmptyState={() => (
            <div className="flex flex-col items-start gap-2 px-2.5 py-2">
              <p className="text-text-2">
                No template matches. Name its hosts and headers yourself.
              </p>
              <Button size="sm" onPress={() => show({ kind: 'new', template: undefined })}>
                Custom grant
              </Button>
            </div>
          )}
          className="flex min-h-0 max-w-2xl flex-1 flex-col gap-px overflow-auto px-3.5 py-1.5 outline-none"
        >
          {(template) => <Service template={template} />}
        </ListBox>
      </Autocomplete>
    </section>
  );
}

function Service({ template }: { readonly template: GrantTemplate }) {
  const { id, name, type, hosts } = template;
  return (
    <ListBoxItem
      id={id}
      textValue={[name, id, ...hosts].join(' ')}
      className="flex h-7.5 shrink-0 cursor-default items-center gap-3 rounded-sm px-2.5 data-focus-visible:-outline-offset-2 data-focused:bg-hover data-hovered:bg-hover"
    >
      <span className="w-40 shrink-0 truncate font-medium">{name}</span>
      <span
        className="min-w-0 flex-1 truncate font-mono text-xs text-text-2"
        title={hosts.join(', ')}
      >
        {hosts.join(', ')}
      </span>
      <Chip>{typeWords[type]}</Chip>
    </ListBoxItem>
  );
}
