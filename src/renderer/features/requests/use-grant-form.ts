import type { ErrorReport } from '@shared/errors';
import { useState } from 'react';
import { useStores } from '../../app/stores';
import { useNow } from '../../lib/use-now';
import { readGrant, type GrantForm, type GrantIssues, type ReadGrant } from './grant-form';
import type { PolicyIssues } from './policy-form';

interface GrantFormState {
  readonly form: GrantForm;
  readonly change: (changes: Partial<GrantForm>) => void;
  /** What to show: nothing before the form was sent once. */
  readonly issues: GrantIssues;
  readonly policyIssues: PolicyIssues;
  /** What the form says, or nothing if there is an issue; from then on issues are shown. */
  readonly read: () => (ReadGrant & { readonly settings: object }) | undefined;
  /** Whether the error of a call is about a field. */
  readonly isAtField: (error: ErrorReport) => boolean;
  readonly onError: (error: ErrorReport) => void;
}

/** `had`: the secrets that the grant has already. */
export function useGrantForm(initial: () => GrantForm, had: readonly string[]): GrantFormState {
  const { requests } = useStores();
  const [form, setForm] = useState(initial);
  const [wasSent, setWasSent] = useState(false);
  /** Of the last call, until something is changed. */
  const [refused, setRefused] = useState<GrantIssues>({});
  const current = readGrant(form, had, useNow());
  return {
    form,
    change: (changes) => {
      requests.getState().typed();
      setForm((before) => ({ ...before, ...changes }));
      setRefused({});
    },
    issues: { ...(wasSent && current.issues), ...refused },
    policyIssues: wasSent ? current.policyIssues : {},
    read: () => {
      setWasSent(true);
      const now = readGrant(form, had, Date.now());
      return now.settings === undefined ? undefined : { ...now, settings: now.settings };
    },
    isAtField: (error) => fieldOf(error) !== undefined,
    onError: (error) => {
      const field = fieldOf(error);
      if (field !== undefined) setRefused({ [field]: `${error.message} ${error.hint}` });
    },
  };
}

const SETTINGS = ['header', 'format', 'region', 'service', 'rules', 'hosts', 'networks'];

/** The field that the error of a call is about. */
export function fieldOf({ code, details }: ErrorReport): string | undefined {
  if (code === 'NAME_TAKEN') return 'name';
  if (code !== 'INVALID_INPUT' || details?.field === undefined) return undefined;
  return SETTINGS.includes(details.field) ? details.field : `secret.${details.field}`;
}
