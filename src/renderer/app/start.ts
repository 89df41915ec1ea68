/** From an empty page to the first data: one connection, and one set of stores at a time. */
import type { CommandId } from '@shared/commands';
import { isAddress, parseAddress } from '@shared/model/place';
import type { Protection } from '@shared/model/protection';
import { createStore } from 'zustand';
import { createApprovals, type ApprovalsStore } from '../features/approvals/store';
import { BridgeError, connect, errorReport, type Bridge } from '../bridge';
import { editsAtLock, forgetEditsAtLock, noteEditsAtLock, type EditsAtLock } from './edits-at-lock';
import { leaveWindowId, takeWindowId } from './window-id';
import { unsavedCount } from '../features/environment/drafts-store';
import { keepPreferences, type PreferencesStore } from './preferences';
import { isTyping } from './shortcuts';
import type { Arrival, Stores } from './create-stores';
import { closeStores, openStores } from './open-stores';
import { followLink } from './places';
import { loadScreen, LockedPage } from './screens';
import { namesOf } from './wiring/losses';

type AppState =
  | { readonly phase: 'loading' }
  | { readonly phase: 'ready'; readonly stores: Stores }
  | {
      readonly phase: 'failed';
      readonly title: string;
      readonly text: string;
      /** Whether loading the page again may help. */
      readonly mayRetry: boolean;
    }
  /** Lock came before: nothing can be shown until a person unlocks it. */
  | {
      readonly phase: 'locked';
      readonly protection: Protection;
      readonly edits: EditsAtLock;
      unlock(this: void, passphrase?: string): Promise<void>;
    }
  /** The core has stopped, or the connection to it has broken. */
  | { readonly phase: 'lost' };

const bridgeProblems = {
  'no-session': {
    title: 'This page is not connected',
    text: 'Open Strongroom with the link that it printed when it started. A link works in one tab.',
    mayRetry: false,
  },
  'link-used': {
    title: 'This link has been used',
    text: 'Each link opens one window, once. Start Strongroom again for a new one.',
    mayRetry: false,
  },
  unreachable: {
    title: 'Strongroom does not answer',
    text: 'It may have been quit. Start it again.',
    mayRetry: true,
  },
} as const;

/** A bookmark has no session; the link of a start has one, and no page. */
const ofBookmark = 'Paste the link into this tab to open the page of this address.';

/** Runs a command of the system’s menus. While a text field has the focus, Undo and Redo are the field’s. */
function runFromMenu(stores: Stores, command: CommandId): void {
  const isOfText = command === 'undo' || command === 'redo';
  // The only way to ask a field for it. The window always runs in Chromium.
  // oxlint-disable-next-line typescript/no-deprecated
  if (isOfText && isTyping(document.activeElement)) document.execCommand(command);
  else stores.commands.getState().run(command);
}

const failure = (error: unknown): AppState => {
  if (error instanceof BridgeError) {
    const { title, text, mayRetry } = bridgeProblems[error.reason];
    const isBookmark = error.reason === 'no-session' && isAddress(window.location.hash);
    return { phase: 'failed', title, text: isBookmark ? `${text} ${ofBookmark}` : text, mayRetry };
  }
  const { message, hint } = errorReport(error);
  return { phase: 'failed', title: message, text: hint, mayRetry: true };
};

/** What Lock keeps of the unsaved edits in this window. The person has agreed to what it does not keep. */
function editsOf(stores: Stores): EditsAtLock {
  const { protection, isLocking } = stores.security.getState();
  const { histories, typing } = stores.drafts.getState();
  const ids = [...histories.keys(), ...typing.keys()].filter(
    (id) => unsavedCount(stores.drafts.getState(), id) > 0 || typing.has(id),
  );
  if (protection.mode === 'session') {
    return { kept: [], lost: isLocking ? [] : [...namesOf(stores, ids)] };
  }
  const unheld = new Set(stores.heldEdits.unheld());
  return {
    kept: [
      ...namesOf(
        stores,
        ids.filter((id) => !unheld.has(id)),
      ),
    ],
    lost: [...namesOf(stores, unheld)],
  };
}

/** Says which edits should be back and are not. */
function sayIfLost(state: AppState): void {
  if (state.phase !== 'ready') return;
  const { stores } = state;
  const { histories } = stores.drafts.getState();
  const back = new Set(namesOf(stores, histories.keys()));
  const lost = editsAtLock().kept.filter((name) => !back.has(name));
  if (lost.length === 0) return;
  stores.announcements
    .getState()
    .say(`Unsaved edits are not back: ${lost.join(', ')}. They could not be kept.`, 'bad');
}

export function startApp(preferences: PreferencesStore) {
  const windowId = takeWindowId();
  const app = createStore<AppState>()(() => ({ phase: 'loading' }));
  const settle = (state: AppState): void => {
    if (app.getState().phase !== 'lost') app.setState(state, true);
  };
  /** A link that came while there was no page to show it. */
  let link: string | undefined;
  const follow = (text: string): void => {
    const state = app.getState();
    link = state.phase === 'ready' ? undefined : text;
    if (state.phase === 'ready') void followLink(state.stores, text);
  };
  /** Shows the workspace that is current now, and closes the stores of the one before (`from`). */
  const show = async (
    bridge: Bridge,
    approvals: ApprovalsStore,
    from?: Stores,
    arrived?: Arrival,
  ): Promise<void> => {
    try {
      const stores = await openStores(bridge.client, preferences, {
        approvals,
        arrived,
        place: from === undefined ? parseAddress(window.location.hash) : undefined,
        windowId,
        reopen: (arrival) => show(bridge, approvals, stores, arrival),
      });
      await loadScreen(stores.navigation.getState().route);
      if (from !== undefined) closeStores(from);
      settle({ phase: 'ready', stores });
      // While credentials are locked, Auto Sync could only fail; unlocking starts it. A link asks no provider.
      const { locked } = stores.security.getState().protection;
      if (!locked && arrived?.to?.isLink !== true) void stores.pull.getState().autoSync();
      if (link !== undefined) follow(link);
    } catch (error) {
      if (from !== undefined) closeStores(from);
      settle(failure(error));
    }
  };
  /** Loads the page again, which empties it. What it shows must not ask whether it may go. */
  const startAgain = ({ host }: Bridge): void => {
    const state = app.getState();
    if (state.phase === 'ready') {
      noteEditsAtLock(editsOf(state.stores));
      leaveWindowId(windowId);
      closeStores(state.stores);
    }
    // The desktop app gives the page another process by itself.
    if (host === 'browser') window.location.reload();
    else settle({ phase: 'loading' });
  };
  const enter = async (bridge: Bridge): Promise<void> => {
    await keepPreferences(preferences, bridge.client);
    const approvals = createApprovals(bridge.client);
    void approvals.getState().watch();
    await show(bridge, approvals);
    sayIfLost(app.getState());
    forgetEditsAtLock();
  };
  const showLocked = async (bridge: Bridge): Promise<void> => {
    const [protection] = await Promise.all([
      bridge.client.security.protection(),
      LockedPage.load(),
    ]);
    settle({
      phase: 'locked',
      protection,
      edits: editsAtLock(),
      unlock: async (passphrase) => {
        await bridge.client.security.unlock(passphrase === undefined ? {} : { passphrase });
        await enter(bridge);
      },
    });
  };
  /** Says that this window is there, and hears when Lock did not come by itself. */
  const attend = async ({ client }: Bridge): Promise<void> => {
    try {
      for await (const _ of await client.edits.attend({ window: windowId })) {
        const state = app.getState();
        if (state.phase === 'ready') await state.stores.notices.getState().refresh();
      }
    } catch {
      // The connection has ended: the page says so.
    }
  };
  const open = async (): Promise<void> => {
    try {
      const bridge = await connect();
      bridge.onClosed((isLocked) => {
        if (isLocked) startAgain(bridge);
        else settle({ phase: 'lost' });
      });
      void attend(bridge);
      bridge.onCommand((command) => {
        const state = app.getState();
        if (state.phase === 'ready') runFromMenu(state.stores, command);
      });
      bridge.onLink(follow);
      await enter(bridge).catch(async (error: unknown) => {
        if (errorReport(error).code !== 'LOCKED') throw error;
        await showLocked(bridge);
      });
    } catch (error) {
      settle(failure(error));
    }
  };
  void open();
  return app;
}

export type AppStore = ReturnType<typeof startApp>;
