/** One grant: what it is for, what it adds, who may use it, and its clones. */
import type { Grant } from '@shared/model/grant';
import { policySentence } from '@shared/model/policy-words';
import { shellWord } from '@shared/model/shell';
import { CopyPlus, Ellipsis, KeyRound, Pause, Pencil, Play, Send, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { MenuTrigger } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { useCommand } from '../../app/use-command';
import { Ago } from '../../components/ago';
import { Button, IconButton } from '../../components/button';
import { Card, ErrorCard } from '../../components/card';
import { CodeBlock } from '../../components/code-block';
import { CopyButton } from '../../components/copy-button';
import { Fold } from '../../components/fold';
import { Menu, MenuItem, MenuLine } from '../../components/menu';
import { Section } from '../../components/page';
import { GrantAudit } from './grant-audit';
import { TextLink } from '../../components/text-link';
import { formatDateTime } from '../../lib/format';
import { InjectionList } from './injection-list';
import { PaneBody, PaneHead } from './pane';
import { GrantStateMark } from './state-mark';
import { testRequestOf } from './test-request';
import { ownZone, secretLabel, serviceOf } from './words';

interface Props {
  readonly grant: Grant;
}

export function GrantDetails({ grant }: Props) {
  const { requests } = useStores();
  const fault = useFeature('requests', (state) => state.fault);
  return (
    <section aria-label={grant.name} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <PaneHead title={grant.name} actions={<Actions grant={grant} />} />
      <PaneBody>
        {fault === undefined ? null : (
          <ErrorCard report={fault} onDismiss={() => requests.getState().dismissFault()} />
        )}
        <Created grant={grant} />
        <Facts grant={grant} />
        <Injection grant={grant} />
        <PolicySection grant={grant} />
        <Clones grant={grant} />
        <Usage grant={grant} />
      </PaneBody>
      <div className="flex h-52 max-h-1/3 shrink-0 flex-col border-t border-line">
        <GrantAudit grantId={grant.id} />
      </div>
    </section>
  );
}

const icon = 'size-3.5';

function Actions({ grant }: Props) {
  const { requests } = useStores();
  const { id, name, state, original } = grant;
  const isClone = original !== undefined;
  const isEnded = state === 'ended';
  const isDisabled = useFeature('requests', (all) => isDisabledItself(all.list ?? [], grant));
  const { show, setDisabled, remove } = requests.getState();
  const start = (command: string): void => {
    switch (command) {
      case 'edit':
      case 'rotate':
      case 'clone':
      case 'try':
        return show({ kind: command });
      case 'disable':
        return void setDisabled(id, !isDisabled);
      case 'delete':
        return void remove(id);
      default:
        return undefined;
    }
  };
  const offered = (command: string, when = true): (() => void) | undefined =>
    when ? () => start(command) : undefined;
  useCommand('try-grant', offered('try', !isEnded));
  useCommand('edit-grant', offered('edit'));
  useCommand('rotate-grant', offered('rotate', !isClone));
  useCommand('clone-grant', offered('clone', !isEnded));
  useCommand('disable-grant', offered('disable', !isDisabled));
  useCommand('enable-grant', offered('disable', isDisabled));
  useCommand('delete-grant', offered('delete'));
  return (
    <>
      <GrantStateMark grant={grant} />
      <Button
        isDisabled={isEnded}
        icon={<Send aria-hidden className={icon} />}
        onPress={() => start('try')}
      >
        Try it
      </Button>
      <Button icon={<Pencil aria-hidden className={icon} />} onPress={() => start('edit')}>
        Edit
      </Button>
      <MenuTrigger>
        <IconButton label="More actions">
          <Ellipsis aria-hidden className="size-4" />
        </IconButton>
        <Menu
          aria-label={`Actions for ${name}`}
          onAction={(command) => start(String(command))}
          disabledKeys={[...(isClone ? ['rotate'] : []), ...(isEnded ? ['clone'] : [])]}
        >
          <MenuItem id="rotate" icon={<KeyRound aria-hidden className={icon} />}>
            Replace secret…
          </MenuItem>
          <MenuItem id="clone" icon={<CopyPlus aria-hidden className={icon} />}>
            Clone…
          </MenuItem>
          <MenuItem
            id="disable"
            icon={
              isDisabled ? (
                <Play aria-hidden className={icon} />
              ) : (
                <Pause aria-hidden className={icon} />
              )
            }
          >
            {isDisabled ? 'Enable' : 'Disable'}
          </MenuItem>
          <MenuLine />
          <MenuItem id="delete" icon={<Trash2 aria-hidden className={icon} />} destructive>
            Delete…
          </MenuItem>
        </Menu>
      </MenuTrigger>
    </>
  );
}

/** The way on after a grant was created. */
function Created({ grant }: Props): ReactNode {
  const { requests } = useStores();
  const isNew = useFeature('requests', ({ created }) => created === grant.id);
  if (!isNew) return null;
  const { method, url } = testRequestOf(grant);
  const hasUrl = URL.canParse(url);
  return (
    <Card
      tone="good"
      live
      title={`${grant.name} is ready`}
      actions={
        <Button
          variant="primary"
          // The next step after creating it.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          icon={<Send aria-hidden className={icon} />}
          onPress={() => requests.getState().show({ kind: 'try' })}
        >
          Try it
        </Button>
      }
    >
      <p className="text-text-2">
        {hasUrl ? (
          <>
            A request shows whether the service accepts the credential:
            <span className="block font-mono text-xs break-all text-text">
              {method} {url}
            </span>
          </>
        ) : (
          'A request shows whether the service accepts the credential.'
        )}
      </p>
    </Card>
  );
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt className="text-text-2">{name}</dt>
    <dd className="min-w-0">{children}</dd>
  </>
);

const Lines = ({ texts }: { readonly texts: readonly string[] }) => (
  <ul>
    {texts.map((text) => (
      <li key={text} className="font-mono text-xs/5 break-all">
        {text}
      </li>
    ))}
  </ul>
);

const Moment = ({ at }: { readonly at: number }) => (
  <>
    <Ago at={at} /> <span className="text-text-3">({formatDateTime(at)})</span>
  </>
);

function Facts({ grant }: Props) {
  const { requests } = useStores();
  const { id, hosts, networks, secrets, original, createdAt, rotatedAt, usedAt } = grant;
  return (
    <dl className="grid grid-cols-[minmax(0,6rem)_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1.5 @min-[31rem]:grid-cols-[7.5rem_minmax(0,1fr)]">
      <Fact name="Grant id">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="font-mono text-xs break-all select-text">{id}</span>
          <CopyButton
            size="sm"
            variant="quiet"
            label="Copy"
            aria-label="Copy grant id"
            text={() => id}
          />
        </span>
      </Fact>
      <Fact name="Credential">{serviceOf(grant)}</Fact>
      <Fact name="Hosts">
        <Lines texts={hosts} />
      </Fact>
      {networks.length === 0 ? null : (
        <Fact name="Networks">
          <Lines texts={networks} />
        </Fact>
      )}
      {original === undefined ? (
        <Fact name="Secrets">
          <ul>
            {secrets.map(({ name, reference }) => (
              <li key={name}>
                {secretLabel(name, grant)}{' '}
                <span className="text-text-2">
                  {reference === undefined ? (
                    'stored, encrypted'
                  ) : (
                    <>
                      from{' '}
                      <span className="font-mono text-xs break-all">
                        {reference.environment} / {reference.key}
                      </span>
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </Fact>
      ) : (
        <Fact name="Clone of">
          {original.name === undefined ? (
            'a grant that was deleted'
          ) : (
            <TextLink onPress={() => requests.getState().select(original.id)}>
              {original.name}
            </TextLink>
          )}
        </Fact>
      )}
      <Fact name="Last used">{usedAt === undefined ? 'never' : <Moment at={usedAt} />}</Fact>
      {rotatedAt === undefined || rotatedAt === createdAt ? null : (
        <Fact name="Secret replaced">
          <Moment at={rotatedAt} />
        </Fact>
      )}
      <Fact name="Created">
        <Moment at={createdAt} />
      </Fact>
    </dl>
  );
}

const Injection = ({ grant }: Props) => (
  <Section title="Added to each request">
    <InjectionList settings={grant} secrets={grant.secrets.map(({ name }) => name)} />
  </Section>
);

function PolicySection({ grant }: Props) {
  const original = useFeature('requests', ({ list = [] }) =>
    list.find(({ id }) => id === grant.original?.id),
  );
  return (
    <Section title="Policy">
      <p className="text-pretty">{policySentence(grant.policy, ownZone())}</p>
      {original === undefined ? null : (
        <p className="text-pretty text-text-2">
          The policy of {original.name} holds too: {policySentence(original.policy, ownZone())}
        </p>
      )}
    </Section>
  );
}

function Clones({ grant }: Props): ReactNode {
  const { requests } = useStores();
  const list = useFeature('requests', (state) => state.list);
  const clones = (list ?? []).filter(({ original }) => original?.id === grant.id);
  if (clones.length === 0) return null;
  return (
    <Section title="Clones">
      <ul className="flex flex-col gap-1">
        {clones.map((clone) => (
          <li key={clone.id} className="flex min-w-0 items-center gap-2">
            <TextLink onPress={() => requests.getState().select(clone.id)}>{clone.name}</TextLink>
            <GrantStateMark grant={clone} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Usage({ grant }: Props) {
  const { method, url } = testRequestOf(grant);
  const address = URL.canParse(url) ? url : 'https://…';
  const command = `strongroom request ${shellWord(grant.name)} ${method} ${shellWord(address)}`;
  const program = `import { request } from 'strongroom/sdk';

const answer = await request('${grant.id}', { url: '${address}' });`;
  return (
    <Fold title="Use it in a program" quiet>
      <div className="flex flex-col gap-2 pt-2">
        <CodeBlock label="Command" code={command} />
        <CodeBlock label="Program" code={program} />
      </div>
    </Fold>
  );
}

/** Whether the grant was disabled itself, and not only by its original. */
function isDisabledItself(list: readonly Grant[], { state, original }: Grant): boolean {
  if (state !== 'disabled') return false;
  const above = list.find(({ id }) => id === original?.id);
  return above === undefined || above.state !== 'disabled';
}
