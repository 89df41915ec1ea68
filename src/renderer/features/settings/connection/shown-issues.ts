import type { FieldIssues } from '@shared/providers/descriptor';
import { issuesOf } from './issues';
import { draftInForm, testedIssues, type ConnectionState } from './store';

/** The issues to show: those of touched fields, and those that a test found. */
export function shownIssues(state: ConnectionState): FieldIssues {
  const issues = issuesOf(state.provider, draftInForm(state), 'test');
  const touched = Object.entries(issues).filter(([name]) => state.touched.has(name));
  return { ...testedIssues(state), ...Object.fromEntries(touched) };
}
