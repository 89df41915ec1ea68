/**
 * Every command of the window, with its words and its keys, in one place. The palette, the list of shortcuts
 * and the system menus read this table.
 */

export const commandGroups = [
  'Go to',
  'Environment',
  'Requests',
  'Provider',
  'Workspace',
  'Window',
] as const;
export type CommandGroup = (typeof commandGroups)[number];

interface CommandEntry {
  readonly title: string;
  readonly group: CommandGroup;
  /** For example `Mod+Shift+L`; `Mod` is Command on a Mac and Ctrl elsewhere. */
  readonly shortcut?: string;
  /** Other words that people may search for. */
  readonly keywords?: string;
}

export const commandTable = {
  palette: { title: 'Command palette', group: 'Window', shortcut: 'Mod+K' },
  'go-to-environment': { title: 'Go to environment…', group: 'Go to', shortcut: 'Mod+P' },
  'search-environments': { title: 'Search environments', group: 'Go to', shortcut: '/' },
  'previous-environment': {
    title: 'Previous environment',
    group: 'Go to',
    shortcut: 'Alt+ArrowUp',
  },
  'next-environment': { title: 'Next environment', group: 'Go to', shortcut: 'Alt+ArrowDown' },
  back: { title: 'Back', group: 'Go to', shortcut: 'Alt+ArrowLeft', keywords: 'previous page' },
  forward: { title: 'Forward', group: 'Go to', shortcut: 'Alt+ArrowRight', keywords: 'next page' },
  settings: { title: 'Settings', group: 'Go to', shortcut: 'Mod+,', keywords: 'preferences vault' },
  'settings-general': { title: 'Settings: General', group: 'Go to', keywords: 'theme dark light' },
  'settings-connection': {
    title: 'Settings: Vault',
    group: 'Go to',
    keywords: 'provider aws hashicorp credentials token',
  },
  'settings-security': { title: 'Settings: Security', group: 'Go to', keywords: 'keychain lock' },
  activity: { title: 'Activity', group: 'Go to', keywords: 'log history settings' },
  audit: { title: 'Audit', group: 'Go to', keywords: 'requests grants chain verify settings' },
  about: { title: 'About', group: 'Go to', keywords: 'version licence settings' },
  compare: { title: 'Compare', group: 'Go to', shortcut: 'Mod+D', keywords: 'diff environments' },
  requests: {
    title: 'Requests',
    group: 'Go to',
    shortcut: 'Mod+G',
    keywords: 'grants credentials api keys',
  },
  'new-environment': { title: 'New environment', group: 'Environment', shortcut: 'Alt+N' },
  save: { title: 'Save', group: 'Environment', shortcut: 'Mod+S', keywords: 'push write' },
  discard: { title: 'Discard changes', group: 'Environment' },
  undo: { title: 'Undo', group: 'Environment', shortcut: 'Mod+Z' },
  redo: { title: 'Redo', group: 'Environment', shortcut: 'Mod+Shift+Z' },
  'add-variable': { title: 'Add variable', group: 'Environment', shortcut: 'Mod+Enter' },
  reveal: {
    title: 'Reveal or hide the value',
    group: 'Environment',
    shortcut: 'Alt+R',
    keywords: 'show unmask',
  },
  'reveal-all': {
    title: 'Reveal or hide all values',
    group: 'Environment',
    shortcut: 'Alt+Shift+R',
    keywords: 'show unmask page',
  },
  'filter-variables': { title: 'Filter variables', group: 'Environment', shortcut: 'Mod+F' },
  'where-used': {
    title: 'Where is this used…',
    group: 'Environment',
    keywords: 'references uses dependents',
  },
  'go-to-reference': {
    title: 'Go to where this points',
    group: 'Environment',
    keywords: 'reference target follow',
  },
  generate: {
    title: 'Generate a value…',
    group: 'Environment',
    keywords: 'password random uuid rsa key pair rotate secret hex base64',
  },
  note: {
    title: 'Note…',
    group: 'Environment',
    keywords: 'comment description document variable',
  },
  'edit-as-text': { title: 'Edit as text', group: 'Environment', shortcut: 'Mod+E' },
  import: { title: 'Import…', group: 'Environment', shortcut: 'Mod+I', keywords: 'env file' },
  export: {
    title: 'Export…',
    group: 'Environment',
    shortcut: 'Mod+Shift+E',
    keywords: 'env json shell download',
  },
  pull: { title: 'Pull from Vault', group: 'Environment', shortcut: 'Mod+Shift+D' },
  sync: { title: 'Vault Sync on or off', group: 'Environment' },
  history: {
    title: 'History',
    group: 'Environment',
    keywords: 'versions restore roll back undelete diff',
  },
  migrate: { title: 'Migrate…', group: 'Environment', keywords: 'move path rename provider' },
  rename: { title: 'Rename…', group: 'Environment' },
  'environment-settings': {
    title: 'Settings of the environment…',
    group: 'Environment',
    keywords: 'expand replace braces interpolation template',
  },
  duplicate: { title: 'Duplicate…', group: 'Environment', keywords: 'copy' },
  favourite: {
    title: 'Add to favourites, or remove',
    group: 'Environment',
    keywords: 'star bookmark pin',
  },
  'copy-link': {
    title: 'Copy link',
    group: 'Environment',
    keywords: 'share address url deep bookmark',
  },
  delete: { title: 'Delete…', group: 'Environment', keywords: 'remove' },
  'new-grant': {
    title: 'New grant…',
    group: 'Requests',
    shortcut: 'Alt+G',
    keywords: 'credential api key service request',
  },
  'try-grant': { title: 'Try the grant', group: 'Requests', keywords: 'request send test' },
  'edit-grant': { title: 'Edit the grant', group: 'Requests', keywords: 'policy hosts' },
  'rotate-grant': {
    title: 'Replace the secret of the grant',
    group: 'Requests',
    keywords: 'rotate',
  },
  'clone-grant': { title: 'Clone the grant', group: 'Requests', keywords: 'narrow' },
  'disable-grant': { title: 'Disable the grant', group: 'Requests' },
  'enable-grant': { title: 'Enable the grant', group: 'Requests' },
  'delete-grant': { title: 'Delete the grant…', group: 'Requests', keywords: 'remove end' },
  'pull-all': { title: 'Pull All', group: 'Provider', keywords: 'fetch download' },
  'push-all': { title: 'Push All', group: 'Provider', keywords: 'upload write' },
  'test-connection': { title: 'Test Connection', group: 'Provider', keywords: 'check' },
  'override-configuration': { title: 'Override for this workspace', group: 'Provider' },
  'use-global-defaults': { title: 'Use global defaults', group: 'Provider' },
  'plain-rules': {
    title: 'Rules for plain variables…',
    group: 'Workspace',
    keywords: 'pattern secret mask kind settings',
  },
  'expected-variables': {
    title: 'Expected variables…',
    group: 'Workspace',
    keywords: 'required missing shape schema types env example check validate',
  },
  'new-workspace': { title: 'New workspace…', group: 'Workspace' },
  'rename-workspace': { title: 'Rename workspace…', group: 'Workspace' },
  'delete-workspace': { title: 'Delete workspace…', group: 'Workspace' },
  'export-set-up': {
    title: 'Export set-up…',
    group: 'Workspace',
    keywords: 'team share file configuration',
  },
  'import-set-up': {
    title: 'Import set-up…',
    group: 'Workspace',
    keywords: 'team share file configuration',
  },
  'waiting-request': {
    title: 'Go to the waiting request',
    group: 'Window',
    shortcut: 'Alt+A',
    keywords: 'approve allow deny approval ask banner',
  },
  'new-window': {
    title: 'New window',
    group: 'Window',
    shortcut: 'Alt+Shift+N',
    keywords: 'second another tab',
  },
  lock: {
    title: 'Lock now',
    group: 'Window',
    shortcut: 'Mod+Shift+L',
    keywords: 'security hide forget',
  },
  'toggle-environments': {
    title: 'Show or hide the environments',
    group: 'Window',
    shortcut: 'Mod+B',
    keywords: 'collapse expand panel',
  },
  'theme-system': { title: 'Theme: System', group: 'Window', keywords: 'appearance' },
  'theme-light': { title: 'Theme: Light', group: 'Window', keywords: 'appearance bright' },
  'theme-dark': { title: 'Theme: Dark', group: 'Window', keywords: 'appearance night' },
  help: { title: 'Help', group: 'Window', shortcut: 'F1', keywords: 'guide manual documentation' },
  'search-guide': {
    title: 'Find in the guide…',
    group: 'Window',
    keywords: 'help manual documentation search',
  },
  tour: {
    title: 'Take the tour',
    group: 'Window',
    shortcut: 'Alt+T',
    keywords: 'sample data demo introduction start help',
  },
  'remove-samples': {
    title: 'Remove the sample data',
    group: 'Workspace',
    keywords: 'tour delete workspace',
  },
  shortcuts: { title: 'Keyboard shortcuts', group: 'Window', shortcut: '?', keywords: 'keys help' },
} as const satisfies Record<string, CommandEntry>;

export type CommandId = keyof typeof commandTable;

/** The table with its optional columns, which its narrow type does not have. */
export const commandEntry = (id: CommandId): CommandEntry => commandTable[id];

export const commandIds = Object.keys(commandTable) as readonly CommandId[];
