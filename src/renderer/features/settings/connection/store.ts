import type { Client } from '@shared/contract/window';
import type {
  CheckStep,
  ConnectionOffer,
  ConnectionSettings,
  SettingsScope,
  SignInChoices,
} from '@shared/model/connection';
import { concernsProvider, isAuthenticationFailure, type ErrorReport } from '@shared/errors';
import { onlyChoices } from '@shared/model/sign-in-choices';
import { providerFacts } from '@shared/providers/facts';
import { signInIssues, type FieldIssues, type ProviderId } from '@shared/providers/descriptor';
import { createStore } from 'zustand';
import { errorReport, isCancelled } from '@renderer/bridge';
import {
  afterSave,
  differs,
  draftOf,
  draftsOf,
  forDestination,
  isDirty,
  storedElsewhere,
  rebase,
  toForm,
  withoutStored,
  withoutTyped,
  type CredentialDraft,
  type Drafts,
  type ProviderDraft,
} from './form';

/** A run of Test Connection and its outcome. */
export interface TestRun {
  readonly provider: ProviderId;
  readonly steps: readonly CheckStep[];
  readonly phase: 'running' | 'ended' | 'cancelled' | 'failed';
  /** Why it could not start, or stopped before its end. */
  readonly error: ErrorReport | undefined;
  /** Whether the form was changed after the test. */
  readonly stale: boolean;
}

/** A sign-in with a browser, under way or failed. */
export type SignInRun =
  | { readonly phase: 'starting'; readonly error?: undefined }
  | {
      readonly phase: 'waiting';
      readonly url: string;
      readonly code?: string | undefined;
      readonly opened: boolean;
      readonly error?: undefined;
    }
  | { readonly phase: 'failed'; readonly error: ErrorReport };

export interface ConnectionState {
  readonly settings: ConnectionSettings;
  /** The workspaces that the form is for: those with the global defaults, or only this one. */
  readonly scope: SettingsScope;
  readonly provider: ProviderId;
  readonly drafts: Drafts;
  /** The names of fields whose issues are shown. */
  readonly touched: ReadonlySet<string>;
  readonly saving: boolean;
  /** Whether the settings are being replaced by those of another scope, and the form with them. */
  readonly rescoping: boolean;
  readonly saveError: ErrorReport | undefined;
  readonly test: TestRun | undefined;
  readonly signIn: SignInRun | undefined;
  /** What the last sign-in offers for the form of a provider. */
  readonly choices: Readonly<Partial<Record<ProviderId, SignInChoices>>>;
  /** What was found on this computer for the form of a provider, once it was asked for. */
  readonly offers: Readonly<Partial<Record<ProviderId, ConnectionOffer>>>;
  /** The field that a person asked to go to; a new object each time. */
  readonly sought: { readonly name: string } | undefined;
  chooseProvider(this: void, provider: ProviderId): void;
  setValue(this: void, name: string, value: string | boolean): void;
  setCredential(this: void, name: string, draft: CredentialDraft): void;
  /** Looks for what other tools left on this computer for the form of this provider. */
  loadOffer(this: void, provider: ProviderId): Promise<void>;
  /** Fills the form with what was found. */
  takeProposal(this: void): void;
  /** Signs in for the form with a browser; `name`: of the credential. Saves if the rest was saved already. */
  startSignIn(this: void, name: string): Promise<void>;
  cancelSignIn(this: void): void;
  touch(this: void, name: string): void;
  seek(this: void, name: string): void;
  /** Forgets the sought field, so that the fold around it can be closed. */
  forgetSought(this: void): void;
  /**
   * Shows the issues and resolves with them; saves, calls `next` and resolves with `undefined` if there are
   * none. Asks first if the credentials were just refused, or if other workspaces would change too.
   */
  save(this: void, next?: () => void): Promise<FieldIssues | undefined>;
  /** Saves again after a failure, and goes on as the save that failed would have. */
  retrySave(this: void): Promise<FieldIssues | undefined>;
  startTest(this: void): Promise<FieldIssues | undefined>;
  cancelTest(this: void): void;
  /** The provider has just answered with the saved settings: forgets a test that says otherwise. */
  dropRefutedTest(this: void): void;
  discard(this: void): void;
  /** Gives the workspace its own configuration, which starts as a copy of the global defaults. */
  override(this: void): Promise<void>;
  /** Goes back to the global defaults, after asking. */
  backToGlobal(this: void): Promise<void>;
  dismissSaveError(this: void): void;
  /** Reads the settings again, after something else may have changed which credentials are stored. */
  refresh(this: void): Promise<void>;
  /** Forgets credentials that were typed and not saved. */
  forgetTyped(this: void): void;
}

export interface ConnectionEvents {
  readonly onSaved: () => Promise<void>;
  /** Test Connection ended. */
  readonly onTested: (passed: boolean) => Promise<void>;
  /** Asks whether credentials may be saved that the last test found refused. */
  readonly maySaveRefused: (refusal: ErrorReport) => Promise<boolean>;
  /**
   * Asks for which workspaces a change of the global defaults is, if others use them too. Resolves with
   * `undefined` if nothing is to be saved.
   */
  readonly scopeOfChange: (provider: ProviderId) => Promise<SettingsScope | undefined>;
  /** Asks whether the workspace's own settings and credentials may be deleted. */
  readonly mayUseGlobal: () => Promise<boolean>;
}

const untouched: ReadonlySet<string> = new Set();

const withStep = (steps: readonly CheckStep[], step: CheckStep): readonly CheckStep[] =>
  steps.some(({ id }) => id === step.id)
    ? steps.map((known) => (known.id === step.id ? step : known))
    : [...steps, step];

export const createConnection = (
  client: Client,
  workspaceId: string,
  settings: ConnectionSettings,
  events: ConnectionEvents,
) =>
  createStore<ConnectionState>()((set, get) => {
    let testing: AbortController | undefined;
    let signingIn: AbortController | undefined;
    let saves = 0;
    let next: (() => void) | undefined;
    /** The test whose refused credentials are to be saved nevertheless. */
    let accepted: TestRun | undefined;
    /** Whether a person has said for which workspaces the form is. */
    let isScopeKnown = false;

    /** The workspace and the scope of the settings in the form. */
    const target = () => ({ workspaceId, scope: get().scope });

    const change = (alter: (draft: ProviderDraft) => ProviderDraft): void => {
      set(({ provider, drafts, test }) => ({
        drafts: { ...drafts, [provider]: alter(drafts[provider]) },
        test: test && { ...test, stale: true },
      }));
    };

    /** Shows the issues of all fields. Returns them; `undefined` if there are none. */
    const refuse = async (purpose: 'test' | 'save'): Promise<FieldIssues | undefined> => {
      const { issuesOf } = await import('./issues');
      const issues = issuesOf(get().provider, draftInForm(get()), purpose);
      const names = Object.keys(issues);
      if (names.length === 0) return undefined;
      set(({ touched }) => ({ touched: new Set([...touched, ...names]) }));
      return issues;
    };

    const followTest = async (aborter: AbortController): Promise<void> => {
      const { provider, drafts } = get();
      const update = (changes: Partial<TestRun>): void => {
        // A later run has taken over, or the form was discarded.
        if (testing !== aborter) return;
        set(({ test }) => ({ test: test && { ...test, ...changes } }));
      };
      set({ test: { provider, steps: [], phase: 'running', error: undefined, stale: false } });
      try {
        const form = toForm(target(), provider, drafts[provider]);
        for await (const step of await client.connections.test(form, { signal: aborter.signal })) {
          update({ steps: withStep(get().test?.steps ?? [], step) });
        }
        update({ phase: aborter.signal.aborted ? 'cancelled' : 'ended' });
      } catch (error) {
        if (aborter.signal.aborted || isCancelled(error)) update({ phase: 'cancelled' });
        else update({ phase: 'failed', error: errorReport(error) });
      }
    };

    /** Resolves with whether the credentials may be saved. */
    const acceptsRefusal = async (): Promise<boolean> => {
      const { test } = get();
      const refusal = refusalIn(get());
      if (refusal === undefined || test === accepted) return true;
      if (!(await events.maySaveRefused(refusal))) return false;
      accepted = test;
      return true;
    };

    /** Resolves with whether it is known for which workspaces the form is. */
    const knowsScope = async (): Promise<boolean> => {
      const { scope, settings, provider, drafts } = get();
      if (scope !== 'global' || isScopeKnown || !differs(settings, provider, drafts[provider])) {
        return true;
      }
      const chosen = await events.scopeOfChange(provider);
      if (chosen === undefined) return false;
      isScopeKnown = true;
      // The credentials of the global defaults are not this workspace's own.
      if (chosen === 'workspace') set({ scope: chosen, drafts: withoutStored(get().drafts) });
      return true;
    };

    const save = async (): Promise<FieldIssues | undefined> => {
      const issues = await refuse('save');
      if (issues !== undefined) return issues;
      if (get().saving || !(await acceptsRefusal()) || !(await knowsScope())) return undefined;
      const missing = await refuse('save');
      if (missing !== undefined) return missing;
      const { provider, drafts, saving } = get();
      if (saving) return undefined;
      set({ saving: true, saveError: undefined });
      let isSaved = false;
      try {
        const saved = await client.connections.save(toForm(target(), provider, drafts[provider]));
        saves += 1;
        isSaved = true;
        // Values typed for other providers stay. What a stale test tried is neither in the form nor saved.
        set((now) => ({
          settings: saved,
          scope: saved.source,
          touched: untouched,
          drafts: {
            ...now.drafts,
            [provider]: afterSave(now.drafts[provider], drafts[provider], draftOf(saved, provider)),
          },
          test: now.test?.stale === true && now.test.phase !== 'running' ? undefined : now.test,
        }));
        await events.onSaved();
      } catch (error) {
        const report = errorReport(error);
        const field = report.details?.field;
        set(({ touched }) => ({
          saveError: report,
          touched: field === undefined ? touched : new Set(touched).add(field),
        }));
      } finally {
        set({ saving: false });
      }
      if (isSaved) {
        const go = next;
        next = undefined;
        go?.();
      }
      return undefined;
    };

    /** Replaces the settings, in the form too. */
    const rescope = async (call: () => Promise<ConnectionSettings>): Promise<void> => {
      if (get().saving) return;
      testing?.abort();
      testing = undefined;
      saves += 1;
      set({ saving: true, rescoping: true, saveError: undefined });
      try {
        const fresh = await call();
        isScopeKnown = false;
        set({
          settings: fresh,
          scope: fresh.source,
          provider: fresh.provider,
          drafts: draftsOf(fresh),
          touched: untouched,
          test: undefined,
        });
        await events.onSaved();
      } catch (error) {
        set({ saveError: errorReport(error) });
      } finally {
        set({ saving: false, rescoping: false });
      }
    };

    return {
      settings,
      scope: settings.source,
      provider: settings.provider,
      drafts: draftsOf(settings),
      touched: untouched,
      saving: false,
      rescoping: false,
      saveError: undefined,
      test: undefined,
      signIn: undefined,
      offers: {},
      choices: {},
      sought: undefined,
      chooseProvider: (provider) => {
        get().cancelSignIn();
        set(({ test }) => ({
          provider,
          touched: untouched,
          saveError: undefined,
          test: test && { ...test, stale: true },
        }));
      },
      setValue: (name, value) =>
        change((draft) => ({ ...draft, values: { ...draft.values, [name]: value } })),
      setCredential: (name, credential) =>
        change((draft) => ({
          ...draft,
          credentials: { ...draft.credentials, [name]: credential },
        })),
      loadOffer: async (provider) => {
        // If this fails, there is nothing to fill the form with, and it can be typed.
        const offer = await client.connections.offer({ workspaceId, provider }).catch(() => ({}));
        set(({ offers }) => ({ offers: { ...offers, [provider]: offer } }));
      },
      takeProposal: () => {
        const proposal = get().offers[get().provider]?.proposal;
        if (proposal === undefined) return;
        const from = sourceOf(proposal);
        change((draft) => ({
          values: { ...draft.values, ...proposal.values },
          credentials: {
            ...draft.credentials,
            ...Object.fromEntries(
              proposal.credentials.map((name) => [name, { state: 'taken', from, replaces: false }]),
            ),
          },
        }));
      },
      startSignIn: async (name) => {
        const offer = (to: ProviderId, choices: SignInChoices | undefined): void => {
          set((state) => ({ choices: { ...state.choices, [to]: choices } }));
          if (choices === undefined) return;
          const filled = onlyChoices(choices, get().drafts[to].values);
          for (const [field, value] of Object.entries(filled)) get().setValue(field, value);
        };
        const { issuesOf } = await import('./issues');
        const { provider, drafts, settings } = get();
        const draft = drafts[provider];
        const wasSaved = settings.providers[provider].saved && !hasUnsavedChanges(get());
        const descriptor = providerFacts[provider];
        const faulty = Object.keys(
          signInIssues(descriptor, draft.values, issuesOf(provider, draftInForm(get()), 'save')),
        );
        if (faulty.length > 0) {
          set(({ touched }) => ({ touched: new Set([...touched, ...faulty]) }));
          return;
        }
        signingIn?.abort();
        const aborter = new AbortController();
        signingIn = aborter;
        const update = (run: SignInRun | undefined): void => {
          if (signingIn === aborter) set({ signIn: run });
        };
        update({ phase: 'starting' });
        try {
          const form = toForm(target(), provider, draft);
          const steps = await client.connections.signIn(form, { signal: aborter.signal });
          for await (const step of steps) {
            if (step.type === 'open') {
              update({ phase: 'waiting', url: step.url, code: step.code, opened: step.opened });
            } else {
              get().setCredential(name, { state: 'taken', from: 'the sign-in', replaces: false });
              offer(provider, step.choices);
            }
          }
          update(undefined);
          if (wasSaved) await save();
        } catch (error) {
          update(
            aborter.signal.aborted || isCancelled(error)
              ? undefined
              : { phase: 'failed', error: errorReport(error) },
          );
        }
      },
      cancelSignIn: () => {
        signingIn?.abort();
        signingIn = undefined;
        set({ signIn: undefined });
      },
      touch: (name) => set(({ touched }) => ({ touched: new Set(touched).add(name) })),
      seek: (name) => set({ sought: { name } }),
      forgetSought: () => set({ sought: undefined }),
      save: (then) => {
        next = then;
        return save();
      },
      retrySave: save,
      startTest: async () => {
        const issues = await refuse('test');
        if (issues !== undefined) return issues;
        if (get().test?.phase === 'running') return undefined;
        const aborter = new AbortController();
        testing = aborter;
        await followTest(aborter);
        const { test } = get();
        await events.onTested(test?.phase === 'ended' && failureIn(test) === undefined);
        return undefined;
      },
      cancelTest: () => testing?.abort(),
      dropRefutedTest: () => {
        const { test } = get();
        if (test === undefined || test.phase === 'running') return;
        const error = test.error ?? failureIn(test)?.error;
        const isRefuted =
          !hasUnsavedChanges(get()) && error !== undefined && concernsProvider(error.code);
        if (test.stale || isRefuted) set({ test: undefined });
      },
      discard: () => {
        get().cancelSignIn();
        testing?.abort();
        testing = undefined;
        isScopeKnown = false;
        next = undefined;
        set((now) => ({
          scope: now.settings.source,
          provider: now.settings.provider,
          drafts: draftsOf(now.settings),
          touched: untouched,
          saveError: undefined,
          test: undefined,
        }));
      },
      override: () => rescope(() => client.connections.override({ workspaceId })),
      backToGlobal: async () => {
        if (await events.mayUseGlobal())
          await rescope(() => client.connections.useGlobal({ workspaceId }));
      },
      dismissSaveError: () => set({ saveError: undefined }),
      refresh: async () => {
        // If this fails, the settings on show stay: they were right a moment ago.
        const asked = saves;
        const fresh = await client.connections.settings({ workspaceId }).catch(() => undefined);
        // A save that started or ended meanwhile has newer settings.
        if (fresh === undefined || asked !== saves || get().saving) return;
        // A form for this workspace alone has nothing of what is stored for all.
        const isFork = get().scope !== get().settings.source;
        set(({ drafts }) => ({
          settings: fresh,
          ...(!isFork && { scope: fresh.source, drafts: rebase(drafts, fresh) }),
        }));
      },
      forgetTyped: () => set(({ drafts }) => ({ drafts: withoutTyped(drafts) })),
    };
  });

type Proposal = NonNullable<ConnectionOffer['proposal']>;

/** Where the credentials of a proposal are from. */
const sourceOf = ({ credentialsFrom }: Proposal): string => credentialsFrom ?? 'this computer';

/** What the form can be filled with: only if it was never saved, and does not hold it already. */
export function proposalToUse(state: ConnectionState): Proposal | undefined {
  const { provider, settings, offers, drafts } = state;
  const proposal = offers[provider]?.proposal;
  if (proposal === undefined || settings.providers[provider].saved) return undefined;
  const isTaken = proposal.credentials.every(
    (name) => drafts[provider].credentials[name]?.state === 'taken',
  );
  const isFilled = Object.entries(proposal.values).every(
    ([name, value]) => drafts[provider].values[name] === value,
  );
  return isTaken && isFilled ? undefined : proposal;
}

/** Where a credential of the form can be taken from; `undefined` if it cannot be. */
export function takenFrom({ provider, offers }: ConnectionState, name: string): string | undefined {
  const proposal = offers[provider]?.proposal;
  return proposal?.credentials.includes(name) === true ? sourceOf(proposal) : undefined;
}

const failureIn = ({ steps }: TestRun): CheckStep | undefined =>
  steps.find(({ status }) => status === 'failed');

/** Why the last test of what is in the form failed. */
function testedError({ provider, test }: ConnectionState): ErrorReport | undefined {
  if (test === undefined || test.stale || test.provider !== provider) return undefined;
  return failureIn(test)?.error;
}

/** The refusal, if the last test of what is in the form found that the server refuses its credentials. */
function refusalIn(state: ConnectionState): ErrorReport | undefined {
  const error = testedError(state);
  return error !== undefined && isAuthenticationFailure(error.code) ? error : undefined;
}

/** The issue that the last test found in a field, such as a file that cannot be read. */
export function testedIssues(state: ConnectionState): FieldIssues {
  const error = testedError(state);
  const field = error?.details?.field;
  return error?.code === 'INVALID_CONFIGURATION' && field !== undefined
    ? { [field]: error.message }
    : {};
}

/** Whether the form is for the settings that are in use: for others nothing is stored. */
const isForSettings = ({ scope, settings }: ConnectionState): boolean => scope === settings.source;

/** The draft in the form, with the credentials that the core would use for it. */
export function draftInForm(state: ConnectionState): ProviderDraft {
  const { settings, provider, drafts } = state;
  const draft = drafts[provider];
  return isForSettings(state) ? forDestination(settings, provider, draft) : draft;
}

/** Why a credential has to be entered although one is stored, see `storedElsewhere`. */
export const whyAgain = (state: ConnectionState, name: string): string | undefined =>
  isForSettings(state)
    ? storedElsewhere(state.settings, state.provider, state.drafts[state.provider], name)
    : undefined;

/** A credential as the form shows it. The same object while nothing about it changes. */
export const credentialInForm = (
  state: ConnectionState,
  name: string,
): CredentialDraft | undefined => draftInForm(state).credentials[name];

export const hasUnsavedChanges = ({ settings, provider, drafts }: ConnectionState): boolean =>
  isDirty(settings, provider, drafts[provider]);

/** Whether the workspace uses what is in the form. */
export const isSavedAsShown = (state: ConnectionState): boolean =>
  state.settings.providers[state.provider].saved && !hasUnsavedChanges(state);
