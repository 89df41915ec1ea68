/** The buttons of the window for the remedy of an error. */
import type { ErrorReport } from '@shared/errors';
import { providerFacts } from '@shared/providers/facts';
import { fieldNamed, isFieldShown, type FieldDescriptor } from '@shared/providers/descriptor';
import type { ReactNode } from 'react';
import { Button } from '../components/button';
import { CopyButton } from '../components/copy-button';
import { TextLink } from '../components/text-link';
import { placeOf } from '../lib/advice';
import type { Route } from './navigation';
import { useFeature, useStores } from './stores';

interface Props {
  readonly report: Pick<ErrorReport, 'remedy' | 'details'>;
}

/** For `RemedyContext`. */
export const drawRemedy = (report: ErrorReport): ReactNode => <RemedyButtons report={report} />;

/** Shows no link to a page that is on show already. */
export function RemedyButtons({ report }: Props): ReactNode {
  const { remedy } = report;
  const page = useFeature('navigation', ({ route }) =>
    route.screen === 'settings' ? route.tab : route.screen,
  );
  if (remedy === undefined) return null;
  if ('run' in remedy) {
    return (
      <>
        <CopyButton size="sm" label="Copy command" text={() => remedy.run} />
        {page === 'connection' ? <ToField report={report} /> : null}
      </>
    );
  }
  if ('handOver' in remedy) {
    return (
      <>
        <CopyButton size="sm" label="Copy policy" text={() => remedy.handOver} />
        {page === 'connection' ? <ToField report={report} /> : null}
      </>
    );
  }
  if ('do' in remedy) {
    // The pages about a secret offer pulling and undeleting themselves.
    if (remedy.do !== 'unlock' || page === 'unlock' || page === 'security') return null;
    return <ToPage route={{ screen: 'unlock' }}>Unlock</ToPage>;
  }
  switch (remedy.open) {
    case 'connection':
      return page === 'connection' ? (
        <ToField report={report} />
      ) : (
        <ToPage route={{ screen: 'settings', tab: 'connection' }} field={remedy.field}>
          Open {placeOf(remedy)}
        </ToPage>
      );
    case 'protection':
      return page === 'security' ? null : (
        <ToPage route={{ screen: 'settings', tab: 'security' }}>Open {placeOf(remedy)}</ToPage>
      );
    case 'workspaces':
    case 'environments':
      // The sidebar is always on show.
      return <p className="text-text-2">See {placeOf(remedy)}.</p>;
  }
}

interface ToPageProps {
  readonly route: Route;
  /** The field to focus in the form of Settings → Vault. */
  readonly field?: string | undefined;
  readonly children: ReactNode;
}

function ToPage({ route, field: name, children }: ToPageProps) {
  const { navigation, connection } = useStores();
  const field = useField(name);
  return (
    <TextLink
      onPress={() => {
        if (field !== undefined) connection.getState().seek(field.name);
        navigation.getState().go(route);
      }}
    >
      {children}
    </TextLink>
  );
}

/** The field of the form; `undefined` if the form has no such field, or does not show it now. */
function useField(name: string | undefined): FieldDescriptor | undefined {
  return useFeature('connection', ({ provider, drafts }) => {
    const field = fieldNamed(providerFacts[provider], name);
    return field !== undefined && isFieldShown(field, drafts[provider].values) ? field : undefined;
  });
}

/** `Use Access Keys`, in the words of the form; `Empty Endpoint Override` if the field is to be emptied. */
function suggestionLabel(field: FieldDescriptor, suggestion: string): string {
  if (suggestion === '') return `Empty ${field.label}`;
  const option =
    field.kind === 'choice' ? field.options.find(({ value }) => value === suggestion) : undefined;
  return `Use ${option?.label ?? suggestion}`;
}

/** Fills in the suggested value, or leads to the field. */
function ToField({ report: { remedy, details } }: Props) {
  const { connection } = useStores();
  const field = useField(
    remedy !== undefined && 'open' in remedy && remedy.open === 'connection'
      ? remedy.field
      : details?.field,
  );
  const current = useFeature(
    'connection',
    ({ provider, drafts }) => drafts[provider].values[field?.name ?? ''],
  );
  if (field === undefined) return null;
  const { name, label } = field;
  const { seek, setValue } = connection.getState();
  const suggestion = details?.suggestion;
  const isSuggested = suggestion !== undefined && suggestion !== current;
  return (
    <>
      {isSuggested ? (
        <Button
          size="sm"
          onPress={() => {
            setValue(name, suggestion);
            seek(name);
          }}
        >
          {suggestionLabel(field, suggestion)}
        </Button>
      ) : null}
      <Button size="sm" variant={isSuggested ? 'quiet' : 'default'} onPress={() => seek(name)}>
        Go to {label}
      </Button>
    </>
  );
}
