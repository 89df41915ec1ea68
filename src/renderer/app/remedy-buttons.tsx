/** The remedy of an error as this window offers it. */
import type { ErrorReport } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
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

/** Leads nowhere if the person is there already. */
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
        {page === 'vault' ? <ToField report={report} /> : null}
      </>
    );
  }
  if ('do' in remedy) {
    // Pulling and undeleting are offered by the pages that are about a secret.
    if (remedy.do !== 'unlock' || page === 'unlock' || page === 'security') return null;
    return <ToPage route={{ screen: 'unlock' }}>Enter passphrase</ToPage>;
  }
  switch (remedy.open) {
    case 'connection':
      return page === 'vault' ? (
        <ToField report={report} />
      ) : (
        <ToPage route={{ screen: 'settings', tab: 'vault' }} field={remedy.field}>
          Open {placeOf(remedy)}
        </ToPage>
      );
    case 'protection':
      return page === 'security' ? null : (
        <ToPage route={{ screen: 'settings', tab: 'security' }}>Open {placeOf(remedy)}</ToPage>
      );
    case 'workspaces':
    case 'environments':
      // The sidebar is always there.
      return <p className="text-text-2">See {placeOf(remedy)}.</p>;
  }
}

interface ToPageProps {
  readonly route: Route;
  /** Of the form in Settings → Vault: takes the focus there. */
  readonly field?: string | undefined;
  readonly children: ReactNode;
}

function ToPage({ route, field: name, children }: ToPageProps) {
  const { navigation, vault } = useStores();
  const field = useField(name);
  return (
    <TextLink
      onPress={() => {
        if (field !== undefined) vault.getState().seek(field.name);
        navigation.getState().go(route);
      }}
    >
      {children}
    </TextLink>
  );
}

/** The field of the form as it stands; `undefined` if it has no such field, or the field does not count. */
function useField(name: string | undefined): FieldDescriptor | undefined {
  return useFeature('vault', ({ provider, drafts }) => {
    const field = fieldNamed(providerDescriptors[provider], name);
    return field !== undefined && isFieldShown(field, drafts[provider].values) ? field : undefined;
  });
}

/** Puts in the likely content of the field that is at fault, or leads to the field. */
function ToField({ report: { remedy, details } }: Props) {
  const { vault } = useStores();
  const field = useField(
    remedy !== undefined && 'open' in remedy && remedy.open === 'connection'
      ? remedy.field
      : details?.field,
  );
  const current = useFeature(
    'vault',
    ({ provider, drafts }) => drafts[provider].values[field?.name ?? ''],
  );
  if (field === undefined) return null;
  const { name, label } = field;
  const { seek, setValue } = vault.getState();
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
          Use {suggestion}
        </Button>
      ) : null}
      <Button size="sm" variant={isSuggested ? 'quiet' : 'default'} onPress={() => seek(name)}>
        Go to {label}
      </Button>
    </>
  );
}
