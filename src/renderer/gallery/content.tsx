/** Components to read: outcomes, progress, lists and pages. */
import { CloudDownload } from 'lucide-react';
import { TableBody, TableHeader } from 'react-aria-components';
import { Ago } from '../components/ago';
import { Banner } from '../components/banner';
import { Button } from '../components/button';
import { Card, ErrorCard } from '../components/card';
import { Chip } from '../components/chip';
import { CodeBlock } from '../components/code-block';
import { ErrorText } from '../components/error-text';
import { Fold } from '../components/fold';
import { MiddleText } from '../components/middle-text';
import { OwnerIcon, OwnerMark } from '../components/owner-mark';
import { ActionBar, Centred, PageHeader, Section } from '../components/page';
import { PathList } from '../components/path-list';
import { Progress } from '../components/progress';
import { ReferenceText } from '../components/reference-text';
import { RichText } from '../components/rich-text';
import { Skeleton } from '../components/skeleton';
import { Spinner } from '../components/spinner';
import { Cell, Column, Row, Table } from '../components/table';
import { tones, type Tone } from '../components/tone';
import { Held, Sheet, Specimen } from './specimen';

const nothing = (): void => undefined;
const LONG =
  'payments/eu-central-1/production/a-path-that-somebody-nested-deeper-than-anybody-will-ever-type';
const toneNames = Object.keys(tones) as readonly Tone[];
/** A time whose distance from now never changes. */
const LONG_AGO = Date.UTC(2026, 2, 4, 12);

const Outcomes = () => (
  <Sheet
    title="Outcomes"
    files={['banner', 'card', 'error-text', 'chip', 'owner-mark', 'middle-text', 'ago']}
  >
    {toneNames.map((tone) => (
      <Specimen key={tone} name={`Banner ${tone}`} size="page">
        <Banner tone={tone} title={`The ${tone} banner`} onDismiss={nothing}>
          Nothing can be pulled until the credentials are unlocked.
        </Banner>
      </Specimen>
    ))}
    <Specimen name="Banner action, long" size="page">
      <Banner tone="info" action={<Button size="sm">Override for this workspace</Button>}>
        {LONG} {LONG}
      </Banner>
    </Specimen>
    {toneNames.map((tone) => (
      <Specimen key={tone} name={`Card ${tone}`} size="field">
        <Card tone={tone} title={`The ${tone} card`} actions={<Button>Try again</Button>}>
          <p className="text-text-2">{LONG}</p>
        </Card>
      </Specimen>
    ))}
    <Specimen name="ErrorCard" size="field">
      <ErrorCard
        live={false}
        report={{
          code: 'PERMISSION_DENIED',
          message: 'The token may not read this path.',
          cause: 'None of its policies names the path.',
          hint: 'Ask for a policy with read on it, or use another token.',
          details: { status: 403, method: 'GET', path: `/v1/secret/data/${LONG}` },
        }}
        actions={<Button>Try again</Button>}
        onDismiss={nothing}
      />
    </Specimen>
    <Specimen name="ErrorText" size="field">
      <ErrorText
        report={{
          code: 'RATE_LIMITED',
          message: 'The server is refusing requests because there were too many.',
          cause: 'Others use the same quota.',
          hint: 'Wait a minute, then try again.',
        }}
      />
    </Specimen>
    <Specimen name="Chip plain">
      <Chip>number</Chip>
    </Specimen>
    <Specimen name="Chip secret">
      <Chip tone="secret">secret</Chip>
    </Specimen>
    <Specimen name="Chip bad">
      <Chip tone="bad">no key</Chip>
    </Specimen>
    <Specimen name="OwnerMark">
      <OwnerMark owner="my-app" onPress={nothing} />
    </Specimen>
    <Specimen name="MiddleText">
      <div className="w-52">
        <MiddleText>a-rather-long-name-of-an-environment-eu-central-1</MiddleText>
      </div>
    </Specimen>
    <Specimen name="OwnerMark, long">
      <OwnerMark owner="the-configuration-of-a-team-that-likes-names" onPress={nothing} />
    </Specimen>
    <Specimen name="OwnerIcon">
      <OwnerIcon owner="my-app" />
    </Specimen>
    <Specimen name="Ago">
      <Ago at={LONG_AGO} className="text-text-2" />
    </Specimen>
  </Sheet>
);

const Waiting = () => (
  <Sheet title="Waiting" files={['progress', 'skeleton', 'spinner']}>
    {[0, 40, 100].map((value) => (
      <Specimen key={value} name={`Progress ${String(value)}`} size="field">
        <Progress label="Pull All" value={value} max={100} valueLabel={`${String(value)} of 100`} />
      </Specimen>
    ))}
    <Specimen name="Progress indeterminate" size="field">
      <Progress label="Listing" valueLabel="Listing" />
    </Specimen>
    <Specimen name="Progress slim" size="field">
      <Progress label="Pull All, slim" value={30} max={100} valueLabel="30 of 100" slim />
    </Specimen>
    <Specimen name="Skeleton" size="field">
      <Skeleton className="w-40" />
    </Specimen>
    <Specimen name="Spinner">
      <Spinner />
    </Specimen>
  </Sheet>
);

const rows = [
  { id: 'API_KEY', kind: 'secret' },
  { id: 'DB_POOL', kind: 'number' },
  { id: LONG, kind: 'plain' },
];

const referenceStates = ['found', 'missing', 'not-loaded'] as const;

const Lists = () => (
  <Sheet
    title="Lists"
    files={['table', 'path-list', 'fold', 'code-block', 'rich-text', 'reference-text']}
  >
    {referenceStates.map((state) => (
      <Specimen key={state} name={`ReferenceText ${state}`} size="field">
        <ReferenceText environment="production" target="API_KEY" state={state} onGo={nothing} />
      </Specimen>
    ))}
    <Specimen name="ReferenceText without a link, long" size="field">
      <ReferenceText environment={LONG} target="API_KEY" state="missing" />
    </Specimen>
    <Specimen name="Table" size="page">
      <div className="flex h-36 flex-col border border-line">
        <Held state="hover" on='[role="row"][data-key="API_KEY"]'>
          <Table
            aria-label="Variables"
            selectionMode="single"
            selectionBehavior="replace"
            defaultSelectedKeys={['DB_POOL']}
          >
            <TableHeader>
              <Column id="key" isRowHeader width="2fr">
                Key
              </Column>
              <Column id="kind" width="1fr">
                Kind
              </Column>
            </TableHeader>
            <TableBody items={rows}>
              {({ id, kind }) => (
                <Row id={id}>
                  <Cell>
                    <span className="min-w-0 truncate font-mono text-xs" title={id}>
                      {id}
                    </span>
                  </Cell>
                  <Cell>
                    <Chip>{kind}</Chip>
                  </Cell>
                </Row>
              )}
            </TableBody>
          </Table>
        </Held>
      </div>
    </Specimen>
    <Specimen name="PathList" size="field">
      <PathList label="Paths" paths={['production', 'staging', LONG]} />
    </Specimen>
    <Specimen name="Fold" size="field">
      <Fold title="What the local vault is" note="3 steps">
        <p className="text-text-2">One encrypted file.</p>
      </Fold>
    </Specimen>
    <Specimen name="Fold open" size="field">
      <Fold title="What the local vault is" defaultOpen>
        <p className="text-text-2">One encrypted file.</p>
      </Fold>
    </Specimen>
    <Specimen name="Fold quiet" size="field">
      <Fold title="Details" quiet>
        <p className="text-text-2">Status 403.</p>
      </Fold>
    </Specimen>
    <Specimen name="CodeBlock" size="field">
      <CodeBlock
        label="policy"
        code={`path "secret/data/${LONG}" {\n  capabilities = ["read"]\n}`}
      />
    </Specimen>
    <Specimen name="RichText" size="field">
      <p>
        <RichText text="Run `vault policy write` as **root**, once." />
      </p>
    </Specimen>
  </Sheet>
);

const Pages = () => (
  <Sheet title="Pages" files={['page']}>
    <Specimen name="PageHeader long" size="page">
      <PageHeader title={LONG} actions={<Button>Migrate</Button>} help={<Button>Help</Button>}>
        Copied, compared, linked, and only then removed.
      </PageHeader>
    </Specimen>
    <Specimen name="Section" size="field">
      <Section title="Unlocking" note={<span className="text-xs text-text-2">locked</span>}>
        <p className="text-text-2">Credentials are encrypted with your passphrase.</p>
      </Section>
    </Specimen>
    <Specimen name="Centred" size="page">
      <Centred
        icon={<CloudDownload aria-hidden className="size-5" />}
        title="Not loaded"
        actions={<Button variant="primary">Pull from Vault</Button>}
      >
        <p>The values of this environment are with the provider.</p>
      </Centred>
    </Specimen>
    <Specimen name="ActionBar" size="page">
      <ActionBar>
        <span className="flex-1 font-semibold">3 unsaved</span>
        <Button variant="quiet">Discard</Button>
        <Button variant="primary">Save</Button>
      </ActionBar>
    </Specimen>
  </Sheet>
);

export const Content = () => (
  <>
    <Outcomes />
    <Waiting />
    <Lists />
    <Pages />
  </>
);
