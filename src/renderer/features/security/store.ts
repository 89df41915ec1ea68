import type { Client } from '@shared/contract/window';
import type { Protection } from '@shared/model/protection';
import { createStore } from 'zustand';

/** How credentials are to be protected. */
export type ProtectionChoice = Parameters<Client['security']['choose']>[0]['choice'];

export interface Security {
  readonly protection: Protection;
  /** The person locks in this window, and has agreed to what that takes. */
  readonly isLocking: boolean;
  refresh(this: void): Promise<void>;
  /** Throws what the call throws, as do the next three: the form shows it. */
  choose(this: void, choice: ProtectionChoice, current?: string): Promise<void>;
  /** As `choose`, without the key in use: see the contract. */
  startOver(this: void, choice: ProtectionChoice): Promise<void>;
  unlock(this: void, passphrase: string): Promise<void>;
  /** Locks, after asking about unsaved edits. Resolves with whether it locked. */
  lock(this: void): Promise<boolean>;
}

export interface SecurityEvents {
  /** Asks whether unsaved edits may be lost. */
  readonly mayLock: () => Promise<boolean>;
  readonly onChosen: () => void;
  readonly onUnlocked: () => void;
  readonly onLocked: () => void;
  /** The core is shut, and so is this window in a moment. */
  readonly onShut: () => void;
}

export const createSecurity = (client: Client, protection: Protection, events: SecurityEvents) =>
  createStore<Security>()((set) => ({
    protection,
    isLocking: false,
    refresh: async () => set({ protection: await client.security.protection() }),
    choose: async (choice, current) => {
      const given = current === undefined ? {} : { current };
      set({ protection: await client.security.choose({ choice, ...given }) });
      events.onChosen();
    },
    startOver: async (choice) => {
      set({ protection: await client.security.startOver({ choice }) });
      events.onLocked();
      events.onChosen();
    },
    unlock: async (passphrase) => {
      set({ protection: await client.security.unlock({ passphrase }) });
      events.onUnlocked();
    },
    lock: async () => {
      if (!(await events.mayLock())) return false;
      // The window can close before the answer is here.
      set({ isLocking: true });
      try {
        await client.security.lock();
      } catch (error) {
        set({ isLocking: false });
        throw error;
      }
      // The page loads again as soon as its connection has ended.
      events.onShut();
      return true;
    },
  }));
