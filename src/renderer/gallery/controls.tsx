/** Components to press, type into and choose from. */
import { ChevronDown, Plus, Trash2, Vault } from 'lucide-react';
import { useState, type ComponentProps } from 'react';
import { z } from 'zod';
import { Button, IconButton } from '../components/button';
import { Chip } from '../components/chip';
import { RadioList, SegmentedChoice } from '../components/choice';
import { ComboField } from '../components/combo-field';
import { CopyButton } from '../components/copy-button';
import { Dialog } from '../components/dialog';
import { ExternalLink } from '../components/external-link';
import { Menu, MenuItem, MenuLine, MenuSection, OpenedMenu } from '../components/menu';
import { MenuTrigger, type MenuOpening } from '../components/menu-trigger';
import { NameDialog } from '../components/name-dialog';
import { OneFieldForm } from '../components/one-field-form';
import { PaneResizer } from '../components/pane-resizer';
import { RevealButton } from '../components/reveal-button';
import { SearchField } from '../components/search-field';
import { SearchableChoice } from '../components/searchable-choice';
import { InlineSwitch, Switch } from '../components/switch';
import { TextAreaField } from '../components/text-area';
import { PasswordField, TextField } from '../components/text-field';
import { TextLink } from '../components/text-link';
import { ToggleChoice } from '../components/toggle-choice';
import { Held, Sheet, Specimen, forcedStates } from './specimen';

const providerGroups = [
  {
    title: 'Self-hosted',
    options: [
      { value: 'vault', label: 'HashiCorp Vault', icon: Vault, description: 'Open-source Vault.' },
    ],
  },
];

const nothing = (): void => undefined;
const LONG = 'A label that goes on for much longer than the one who drew the button had in mind';
const FIELD = '.field-box';
const variants = ['primary', 'default', 'danger', 'quiet'] as const;

const Buttons = () => (
  <Sheet
    title="Buttons"
    files={[
      'button',
      'copy-button',
      'reveal-button',
      'hint',
      'hint-text',
      'text-link',
      'external-link',
    ]}
  >
    {variants.map((variant) => (
      <div key={variant} className="flex w-full flex-wrap gap-4">
        <Specimen name={`Button ${variant}`}>
          <Button variant={variant}>Pull from Vault</Button>
        </Specimen>
        {forcedStates.map((state) => (
          <Specimen key={state} name={`Button ${variant} ${state}`}>
            <Held state={state}>
              <Button variant={variant}>Pull from Vault</Button>
            </Held>
          </Specimen>
        ))}
        <Specimen name={`Button ${variant} disabled`}>
          <Button variant={variant} isDisabled>
            Pull from Vault
          </Button>
        </Specimen>
        <Specimen name={`Button ${variant} busy`}>
          <Button variant={variant} isBusy>
            Pull from Vault
          </Button>
        </Specimen>
        <Specimen name={`Button ${variant} icon`}>
          <Button variant={variant} icon={<Plus aria-hidden className="size-3.5" />}>
            Add variable
          </Button>
        </Specimen>
        <Specimen name={`Button ${variant} small`}>
          <Button variant={variant} size="sm">
            Copy
          </Button>
        </Specimen>
      </div>
    ))}
    <Specimen name="Button long">
      <Button>{LONG}</Button>
    </Specimen>
    <Specimen name="Button that opens a list">
      <Button>
        Environments <Chip>2</Chip>
        <ChevronDown aria-hidden className="size-3.5" />
      </Button>
    </Specimen>
    <Specimen name="IconButton">
      <IconButton label="Add a variable">
        <Plus aria-hidden className="size-4" />
      </IconButton>
    </Specimen>
    {forcedStates.map((state) => (
      <Specimen key={state} name={`IconButton ${state}`}>
        <Held state={state}>
          <IconButton label={`Add a variable, ${state}`}>
            <Plus aria-hidden className="size-4" />
          </IconButton>
        </Held>
      </Specimen>
    ))}
    {[false, true].map((isShown) => (
      <Specimen key={String(isShown)} name={`RevealButton ${isShown ? 'shown' : 'masked'}`}>
        <span className="group/row" data-hovered="">
          <RevealButton
            of={isShown ? 'DB_PASSWORD' : 'API_KEY'}
            isShown={isShown}
            onReveal={nothing}
            onHide={nothing}
          />
        </span>
      </Specimen>
    ))}
    <Specimen name="IconButton disabled">
      <IconButton label="Add a variable, disabled" isDisabled>
        <Plus aria-hidden className="size-4" />
      </IconButton>
    </Specimen>
    <Specimen name="CopyButton">
      <CopyButton label="Copy path" text={() => '/srv/strongroom'} />
    </Specimen>
    <Specimen name="TextLink">
      <TextLink onPress={nothing}>Open Settings</TextLink>
    </Specimen>
    <Specimen name="ExternalLink">
      <ExternalLink href="https://docs.example.com">Documentation of Stripe</ExternalLink>
    </Specimen>
    <Specimen name="TextLink focus">
      <Held state="focus">
        <TextLink onPress={nothing}>Open Settings</TextLink>
      </Held>
    </Specimen>
  </Sheet>
);

function Typed(props: Omit<ComponentProps<typeof TextField>, 'value' | 'onChange'>) {
  const [text, setText] = useState('https://vault.example.com');
  return <TextField {...props} value={text} onChange={setText} />;
}

const issue = 'No path and no trailing slash.';

const Fields = () => (
  <Sheet
    title="Fields"
    files={['text-field', 'text-area', 'combo-field', 'field', 'search-field', 'one-field-form']}
  >
    <Specimen name="TextField" size="field">
      <Typed label="Vault URL" help="No path and no trailing slash." />
    </Specimen>
    <Specimen name="TextField empty" size="field">
      <TextField label="Vault URL" placeholder="https://vault.example.com" optional />
    </Specimen>
    <Specimen name="TextField hover" size="field">
      <Held state="hover" on={FIELD}>
        <Typed label="Vault URL" />
      </Held>
    </Specimen>
    <Specimen name="TextField focus" size="field">
      <Held state="focus" on={FIELD}>
        <Typed label="Vault URL" />
      </Held>
    </Specimen>
    <Specimen name="TextField invalid" size="field">
      <Typed label="Vault URL" issue={issue} />
    </Specimen>
    <Specimen name="TextField invalid focus" size="field">
      <Held state="focus" on={FIELD}>
        <Typed label="Vault URL" issue={issue} />
      </Held>
    </Specimen>
    <Specimen name="TextField disabled" size="field">
      <Typed label="Vault URL" isDisabled />
    </Specimen>
    <Specimen name="TextField stacked, long" size="field">
      <TextField label={LONG} value={LONG.repeat(3)} help={LONG} stacked />
    </Specimen>
    <Specimen name="PasswordField" size="field">
      <PasswordField label="Token" defaultValue="not-a-token" />
    </Specimen>
    <Specimen name="PasswordField invalid" size="field">
      <PasswordField label="Token" issue="Enter the token." />
    </Specimen>
    <Specimen name="PasswordField shown, with an action" size="field">
      <PasswordField
        label="User name"
        defaultValue="ann"
        startsShown
        action={
          <Button variant="quiet" size="sm">
            Use a variable
          </Button>
        }
      />
    </Specimen>
    <Specimen name="TextAreaField" size="field">
      <TextAreaField
        label="Hosts"
        defaultValue={'api.example.com\nfiles.example.com'}
        help="One a line."
      />
    </Specimen>
    <Specimen name="TextAreaField invalid" size="field">
      <TextAreaField label="Hosts, invalid" defaultValue="no host" issue={issue} rows={1} />
    </Specimen>
    <Specimen name="ComboField" size="field">
      <ComboField
        label="Method"
        options={['GET', 'POST']}
        value="GET"
        onChange={nothing}
        help="Or another one."
      />
    </Specimen>
    <Specimen name="ComboField invalid" size="field">
      <ComboField
        label="Time zone"
        options={['Europe/Oslo']}
        value="Europe/Nowhere"
        onChange={nothing}
        issue="There is no such time zone."
      />
    </Specimen>
    <Specimen name="SearchField" size="field">
      <SearchField label="Search" placeholder="Filter 214 variables" />
    </Specimen>
    <Specimen name="SearchField filled" size="field">
      <SearchField label="Search, filled" placeholder="Filter" defaultValue="DATABASE" />
    </Specimen>
    <Specimen name="OneFieldForm" size="field">
      <OneFieldForm
        label="Name"
        help="It starts empty, on the global defaults."
        schema={z.string().min(1, 'Enter a name.')}
        submitLabel="Create"
        onSubmit={() => Promise.resolve()}
        issueOf={String}
      >
        <Button variant="quiet">Cancel</Button>
      </OneFieldForm>
    </Specimen>
  </Sheet>
);

const options = [
  { value: 'token', label: 'Token', description: 'Asked for at each start.' },
  { value: 'approle', label: 'AppRole', description: 'For machines and shared set-ups.' },
  { value: 'none', label: 'Not here', description: 'Not with this server.', isDisabled: true },
];
const bareOptions = options.map(({ value, label, isDisabled }) => ({ value, label, isDisabled }));

function Toggles({ label }: { readonly label: string }) {
  const [chosen, setChosen] = useState(['approle']);
  return (
    <ToggleChoice
      label={label}
      help="Without a choice: any."
      options={bareOptions}
      chosen={chosen}
      onChange={setChosen}
    />
  );
}

const Choices = () => (
  <Sheet title="Choices" files={['choice', 'toggle-choice', 'searchable-choice', 'switch']}>
    <Specimen name="SegmentedChoice" size="field">
      <SegmentedChoice label="Authentication" options={bareOptions} defaultValue="token" />
    </Specimen>
    <Specimen name="SegmentedChoice focus" size="field">
      <Held state="focus">
        <SegmentedChoice label="Authentication, focus" options={bareOptions} defaultValue="token" />
      </Held>
    </Specimen>
    <Specimen name="SegmentedChoice invalid" size="field">
      <SegmentedChoice label="Authentication, invalid" options={bareOptions} issue="Choose one." />
    </Specimen>
    <Specimen name="ToggleChoice" size="field">
      <Toggles label="Methods" />
    </Specimen>
    <Specimen name="ToggleChoice focus" size="field">
      <Held state="focus">
        <Toggles label="Methods, focus" />
      </Held>
    </Specimen>
    <Specimen name="SearchableChoice" size="field">
      <SearchableChoice
        label="Provider"
        groups={providerGroups}
        value="vault"
        help="Open-source Vault."
        onChange={nothing}
      />
    </Specimen>
    <Specimen name="RadioList" size="field">
      <RadioList label="Keep credentials" options={options} defaultValue="approle" />
    </Specimen>
    {(['off', 'on'] as const).map((state) => (
      <Specimen key={state} name={`Switch ${state}`} size="field">
        <Switch
          label="Verify SSL"
          help="Turn it off for a self-signed certificate only."
          defaultSelected={state === 'on'}
        />
      </Specimen>
    ))}
    <Specimen name="Switch focus" size="field">
      <Held state="focus">
        <Switch label="Verify SSL, focus" defaultSelected />
      </Held>
    </Specimen>
    <Specimen name="Switch disabled" size="field">
      <Switch label="Verify SSL, disabled" isDisabled />
    </Specimen>
    <Specimen name="InlineSwitch" size="field">
      <InlineSwitch label="Sync variables with HashiCorp Vault" defaultSelected />
    </Specimen>
    <Specimen name="InlineSwitch long" size="field">
      <InlineSwitch label={LONG} />
    </Specimen>
  </Sheet>
);

const Actions = ({ opening }: { readonly opening: MenuOpening }) => (
  <OpenedMenu opening={opening}>
    <Menu aria-label="Actions" disabledKeys={['migrate']}>
      <MenuSection title="Workspaces" selectionMode="single" defaultSelectedKeys={['one']}>
        <MenuItem id="one">Payments</MenuItem>
        <MenuItem id="two">{LONG}</MenuItem>
      </MenuSection>
      <MenuLine />
      <MenuItem id="rename" keys="F2">
        Rename…
      </MenuItem>
      <MenuItem id="migrate">Migrate…</MenuItem>
      <MenuItem id="delete" destructive icon={<Trash2 aria-hidden className="size-3.5" />}>
        Delete…
      </MenuItem>
    </Menu>
  </OpenedMenu>
);

function Overlays() {
  const [dialog, setDialog] = useState<'dialog' | 'alert' | 'name'>();
  const close = (): void => setDialog(undefined);
  return (
    <Sheet title="Overlays" files={['dialog', 'menu', 'menu-trigger', 'name-dialog']}>
      <Specimen name="Menu">
        <MenuTrigger menu={Actions}>
          <Button>Open the menu</Button>
        </MenuTrigger>
      </Specimen>
      <Specimen name="Dialog">
        <Button onPress={() => setDialog('dialog')}>Open the dialog</Button>
      </Specimen>
      <Specimen name="Dialog that must be answered">
        <Button onPress={() => setDialog('alert')}>Open the question</Button>
      </Specimen>
      <Specimen name="NameDialog">
        <Button onPress={() => setDialog('name')}>Open the name dialog</Button>
      </Specimen>
      <Dialog
        isOpen={dialog === 'dialog'}
        onClose={close}
        title="Keyboard shortcuts"
        actions={<Button onPress={close}>Close</Button>}
      >
        <p className="text-text-2">What can be done with the keys.</p>
      </Dialog>
      <Dialog
        isOpen={dialog === 'alert'}
        onClose={close}
        role="alertdialog"
        title="Delete production, and everything that anybody ever stored at its path?"
        actions={
          <>
            <Button variant="quiet" onPress={close}>
              Cancel
            </Button>
            <Button variant="danger" onPress={close}>
              Delete environment
            </Button>
          </>
        }
      >
        <p className="text-text-2">This cannot be undone.</p>
      </Dialog>
      <NameDialog
        title="New workspace"
        submitLabel="Create"
        schema={z.string().min(1, 'Enter a name.')}
        isOpen={dialog === 'name'}
        onClose={close}
        onSubmit={() => Promise.resolve(close())}
        issueOf={String}
      />
    </Sheet>
  );
}

function Panes() {
  const [width, setWidth] = useState(240);
  return (
    <Sheet title="Panes" files={['pane-resizer']}>
      <Specimen name="PaneResizer" size="page">
        <div className="relative h-16 border-r border-line bg-bg" style={{ width }}>
          <PaneResizer
            label="Width of the pane"
            width={width}
            min={160}
            max={420}
            standard={240}
            onChange={(px) => setWidth(Math.min(420, Math.max(160, Math.round(px))))}
          />
        </div>
      </Specimen>
    </Sheet>
  );
}

export const Controls = () => (
  <>
    <Buttons />
    <Fields />
    <Choices />
    <Overlays />
    <Panes />
  </>
);
