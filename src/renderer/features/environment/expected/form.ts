/** The rules of a workspace while they are edited. */
import {
  expectedId,
  expectedTypes,
  expectedVariablesSchema,
  type ExpectedType,
  type ExpectedVariable,
} from '@shared/model/expected';

/** A rule as it was entered. Fields of other types are kept, so that a change of the type forgets nothing. */
export interface RuleForm {
  /** Unique in the form. */
  readonly id: number;
  readonly key: string;
  readonly required: boolean;
  readonly type: ExpectedType | 'any';
  /** One allowed value a line. */
  readonly choices: string;
  readonly pattern: string;
  readonly note: string;
  readonly under: string;
  /** It was proposed, and is not saved yet. */
  readonly isNew: boolean;
}

export type RuleField = 'key' | 'choices' | 'pattern' | 'note' | 'under';

export interface RuleIssue {
  /** Of the rule. */
  readonly id: number;
  readonly field: RuleField;
  readonly message: string;
}

const linesOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));

/** Lines of the form for these rules, which follow the lines that are there. */
export const formOf = (
  rules: readonly ExpectedVariable[],
  firstId: number,
  isNew: boolean,
): RuleForm[] =>
  rules.map((rule, at) => ({
    id: firstId + at,
    key: rule.key,
    required: rule.optional !== true,
    type: rule.type ?? 'any',
    choices: (rule.choices ?? []).join('\n'),
    pattern: rule.pattern ?? '',
    note: rule.note ?? '',
    under: rule.under ?? '',
    isNew,
  }));

/** What a line of the form says. It may not be valid. */
export function ruleOf({
  key,
  required,
  type,
  choices,
  pattern,
  note,
  under,
}: RuleForm): ExpectedVariable {
  return {
    key: key.trim(),
    ...(!required && { optional: true }),
    ...(type !== 'any' && { type }),
    ...(type === 'one-of' && linesOf(choices).length > 0 && { choices: linesOf(choices) }),
    ...(type === 'pattern' && pattern !== '' && { pattern }),
    ...(note.trim() !== '' && { note: note.trim() }),
    ...(under.trim() !== '' && { under: under.trim() }),
  };
}

/** The rules, or what to correct first. */
export function readForm(
  form: readonly RuleForm[],
):
  | { readonly rules: ExpectedVariable[] }
  | { readonly issue: RuleIssue | undefined; readonly message: string } {
  const parsed = expectedVariablesSchema.safeParse(form.map(ruleOf));
  if (parsed.success) return { rules: parsed.data };
  const [first] = parsed.error.issues;
  const [at, field] = first?.path ?? [];
  const message = first?.message ?? '';
  const rule = typeof at === 'number' ? form[at] : undefined;
  return {
    message,
    issue: rule && { id: rule.id, field: fields.find((one) => one === field) ?? 'key', message },
  };
}

const fields: readonly RuleField[] = ['key', 'choices', 'pattern', 'note', 'under'];

/** The proposed rules that the form does not have yet. */
export function newRules(
  form: readonly RuleForm[],
  proposed: readonly ExpectedVariable[],
): ExpectedVariable[] {
  const here = new Set(form.map((line) => expectedId(ruleOf(line))));
  return proposed.filter((rule) => !here.has(expectedId(rule)));
}

export const typeLabels: Readonly<Record<RuleForm['type'], string>> = {
  any: 'Any text',
  url: 'URL',
  number: 'Number',
  integer: 'Whole number',
  boolean: 'True or false',
  'one-of': 'One of',
  pattern: 'Pattern',
};

export const ruleTypes: readonly RuleForm['type'][] = ['any', ...expectedTypes];
