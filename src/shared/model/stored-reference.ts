/**
 * How the value of a variable names other variables. Pure rules for the core, which follows references, and for
 * the window, which shows them. See docs/decisions/0039-references-and-redaction.md.
 */
import { z } from 'zod';
import { formatReference, parseReference } from './reference';

/** `{{NAME}}` in a value, and `\{{NAME}}`, which is the text `{{NAME}}`. */
export const NAMES_IN_BRACES = /(\\?)\{\{[ \t]*([^{}\n]+?)[ \t]*\}\}/g;

/** A variable of a named environment. */
export interface VariableName {
  readonly vault: string;
  readonly key: string;
}

/** What the text of a value means depends on the environment that it is in. */
export interface Surroundings {
  /** The name of the environment that the text is in. */
  readonly vault: string;
  /** Whether that variable of it replaces `{{NAME}}` in its values. */
  readonly expands: boolean;
  /** Whether there is an environment of this name or id. */
  readonly isEnvironment: (name: string) => boolean;
}

/** The variable that a value refers to: the whole value is `@ENV/NAME`, and there is an environment ENV. */
export function referenceIn(
  text: string,
  isEnvironment: Surroundings['isEnvironment'],
): VariableName | undefined {
  if (!text.startsWith('@')) return undefined;
  const { vault, key } = parseReference(text) ?? {};
  return vault !== undefined && key !== undefined && isEnvironment(vault)
    ? { vault, key }
    : undefined;
}

/** The variables whose values a value gets or contains, each once. */
export function namesIn(text: string, around: Surroundings): VariableName[] {
  const reference = referenceIn(text, around.isEnvironment);
  if (reference !== undefined) return [reference];
  if (!around.expands) return [];
  const named = new Map<string, VariableName>();
  for (const [, backslash, inside = ''] of text.matchAll(NAMES_IN_BRACES)) {
    if (backslash !== '') continue;
    const name = inBraces(inside, around.vault);
    named.set(formatReference(name), name);
  }
  return [...named.values()];
}

function inBraces(inside: string, own: string): VariableName {
  const { vault = own, key } = parseReference(inside) ?? { key: inside };
  return { vault, key };
}

/**
 * The text with other names for the variables that it names; `redirect` returns the new name of a variable,
 * or `undefined` if it keeps its name. Returns `undefined` if nothing changes.
 */
export function redirected(
  text: string,
  around: Surroundings,
  redirect: (name: VariableName) => VariableName | undefined,
): string | undefined {
  const reference = referenceIn(text, around.isEnvironment);
  if (reference !== undefined) {
    const next = redirect(reference);
    return next && formatReference(next);
  }
  if (text.startsWith('\\@')) {
    // The backslash is needed only as long as there is an environment of this name.
    const named = referenceIn(text.slice(1), around.isEnvironment);
    const next = named && redirect(named);
    return next !== undefined && next.vault !== named?.vault ? text.slice(1) : undefined;
  }
  if (!around.expands) return undefined;
  const next = text.replaceAll(
    NAMES_IN_BRACES,
    (whole: string, backslash: string, inside: string) => {
      const to = backslash === '' ? redirect(inBraces(inside, around.vault)) : undefined;
      return to === undefined ? whole : (bracesFor(to, inside) ?? whole);
    },
  );
  return next === text ? undefined : next;
}

/** `undefined` if the new name cannot be written between braces. */
function bracesFor({ vault, key }: VariableName, before: string): string | undefined {
  const isPlain = !before.startsWith('@');
  const inside = isPlain && !key.startsWith('@') ? key : formatReference({ vault, key });
  return /[{}\n]/.test(inside) || inside.trim() !== inside ? undefined : `{{${inside}}}`;
}

/**
 * What is kept of a text that somebody typed as a value. `@NAME` and `@/NAME` become a reference to that
 * variable of the same environment, if it has one; then `\@NAME` is the text `@NAME`.
 */
export function keptValue(text: string, vault: string, hasKey: (key: string) => boolean): string {
  const isText = text.startsWith('\\@');
  if (!isText && !text.startsWith('@')) return text;
  const typed = parseReference(isText ? text.slice(1) : text);
  if (typed === undefined || typed.vault !== undefined || !hasKey(typed.key)) return text;
  return isText ? text.slice(1) : formatReference({ vault, key: typed.key });
}

const referenceStates = ['found', 'missing', 'not-loaded'] as const;

/** Where a value points. */
export const pointsToSchema = z.object({
  environmentId: z.uuid(),
  /** The name of the environment. */
  environment: z.string(),
  key: z.string(),
  /** Whether the environment has the variable; `not-loaded`: its values are not in memory. */
  state: z.enum(referenceStates),
});
export type PointsTo = z.infer<typeof pointsToSchema>;

/** What was found out about a text that is a value, or may become one. */
export const checkedValueSchema = z.object({
  /** The text to keep, if it differs from the typed one: see `keptValue`. */
  kept: z.string().optional(),
  reference: z.optional(pointsToSchema),
  issue: z.object({ level: z.enum(['error', 'warning']), message: z.string() }).optional(),
});
export type CheckedValue = z.infer<typeof checkedValueSchema>;

/** A variable that refers to another one. */
const useSchema = z.object({
  environmentId: z.uuid(),
  environment: z.string(),
  key: z.string(),
  /** The whole value is a reference, or it contains `{{NAME}}`. */
  as: z.enum(['reference', 'part']),
  /** Whether that is so only with unsaved edits. */
  unsaved: z.literal(true).optional(),
});
export type Use = z.infer<typeof useSchema>;

export const usesSchema = z.object({
  uses: z.array(useSchema),
  /** Names of environments whose values are not in memory. */
  unread: z.array(z.string()),
  /** Names of the grants with it as a secret. */
  grants: z.array(z.string()),
});
export type Uses = z.infer<typeof usesSchema>;

const keptReference = z.object({
  environmentId: z.uuid(),
  environment: z.string(),
  key: z.string(),
  /** The new reference; absent if the value has other text too. */
  value: z.string().optional(),
  /** Why it was not changed. */
  why: z.enum(['synced', 'owned', 'failed']),
});

const renamedName = z.object({ vault: z.string(), key: z.string().optional() });

/** What became of the references to something that was renamed. */
export const followedSchema = z.object({
  /** What was renamed: an environment, or variables of it. */
  renamed: z.array(z.object({ from: renamedName, to: renamedName })),
  /** Changed at once: on this computer, or in the same save. */
  changed: z.array(z.object({ environment: z.string(), key: z.string() })),
  /** Not changed: each is for a person to save. */
  left: z.array(keptReference),
  /** Names of synced environments whose values are not in memory, so that nobody knows of references there. */
  unread: z.array(z.string()),
  /** Names of grants whose secret is what was renamed. They were changed at once. */
  grants: z.array(z.string()),
});
export type Followed = z.infer<typeof followedSchema>;

/** What several saves brought about, as of one. */
export const joinedFollowed = (all: readonly Followed[]): Followed => ({
  renamed: all.flatMap(({ renamed }) => renamed),
  changed: all.flatMap(({ changed }) => changed),
  left: all.flatMap(({ left }) => left),
  unread: [...new Set(all.flatMap(({ unread }) => unread))],
  grants: [...new Set(all.flatMap(({ grants }) => grants))],
});
