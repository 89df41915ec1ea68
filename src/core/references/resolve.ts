/**
 * Follows references to their values. See docs/decisions/0039-references-and-redaction.md.
 * It knows no store: environments are loaded by a function, each at most once.
 */
import { AppError } from '@shared/errors';
import { nearNames } from '@shared/model/near-names';
import { formatReference, parseReference } from '@shared/model/reference';
import { NAMES_IN_BRACES } from '@shared/model/stored-reference';
import { Secret } from '@core/secrets/secret';

/** The most steps from one reference to its value. */
export const LEVELS = 10;

/** The most characters that a value can have after `{{NAME}}` was replaced in it. */
const LONGEST = 1024 * 1024;

export interface StoredValue {
  readonly value: Secret;
  /** Whether it is masked, as against plain. */
  readonly secret: boolean;
}

export interface ReferencedEnvironment {
  readonly values: ReadonlyMap<string, StoredValue>;
  /** Whether `{{NAME}}` in a value of this environment is replaced by that variable of it. */
  readonly expands: boolean;
}

export interface Environments {
  /** All names, to suggest one. */
  readonly names: readonly string[];
  /** Whether there is an environment of this name or id. */
  readonly has: (name: string) => boolean | Promise<boolean>;
  /** Called only for what there is. */
  readonly load: (name: string) => Promise<ReferencedEnvironment>;
}

/** A variable of a named environment. */
export interface Target {
  readonly vault: string;
  readonly key: string;
}

export interface Wanted {
  /** For whom the value is: the key of a variable, or a place in a file. Errors name it. */
  readonly place: string;
  readonly target: Target;
}

export interface ResolvedValue extends StoredValue {
  /** The variable whose value has the form of a reference, but names no environment. It is taken as text. */
  readonly doubtful?: Target;
}

/**
 * The value of each wanted variable, in the same order. A value that is a reference, `@ENV/NAME` with the name
 * of an environment, is followed, up to ten levels. `\@ENV/NAME` is the text `@ENV/NAME`.
 *
 * Throws `UNKNOWN_REFERENCE` and `REFERENCE_CYCLE`, which name everything that cannot be resolved, and what
 * `load` throws.
 */
export async function resolveReferences(
  wanted: readonly Wanted[],
  environments: Environments,
): Promise<ResolvedValue[]> {
  const resolution = new Resolution(environments);
  const values: (ResolvedValue | undefined)[] = [];
  // One after the other: what is on the way from a wanted variable is what a cycle is found by.
  for (const { place, target } of wanted) values.push(await resolution.follow(place, target));
  resolution.throwProblems();
  return values.filter((value) => value !== undefined);
}

interface Followed extends ResolvedValue {
  /** Steps to its text: 1 if it is one. */
  readonly levels: number;
}

class Resolution {
  readonly #loaded = new Map<string, Promise<ReferencedEnvironment>>();
  /** What has been followed; `undefined` if that failed, which is in `#problems` by then. */
  readonly #done = new Map<string, Followed | undefined>();
  /** The variables that are being followed, from the wanted one on. */
  readonly #path: string[] = [];
  /** Each once, in the order in which they were found. */
  readonly #problems = new Set<string>();
  #isEndless = false;

  constructor(private readonly environments: Environments) {}

  throwProblems(): void {
    if (this.#problems.size === 0) return;
    throw new AppError(this.#isEndless ? 'REFERENCE_CYCLE' : 'UNKNOWN_REFERENCE', {
      message: [...this.#problems].join(' '),
    });
  }

  /** `undefined` if there is no such value. */
  async follow(place: string, target: Target): Promise<Followed | undefined> {
    const name = formatReference(target);
    if (this.#path.includes(name)) {
      const cycle = [...this.#path.slice(this.#path.indexOf(name)), name];
      this.#endless(`The references lead in a circle: ${cycle.join(' → ')}.`);
      return undefined;
    }
    const known = this.#done.has(name);
    if (!known) {
      const stored = await this.#find(place, target);
      // Not kept: whoever else refers to it is named too.
      if (stored === undefined) return undefined;
      this.#path.push(name);
      // A path that is too long is refused before it is followed further.
      this.#done.set(
        name,
        this.#path.length > LEVELS ? this.#tooDeep() : await this.#read(stored, target),
      );
      this.#path.pop();
    }
    const followed = this.#done.get(name);
    if (known && followed !== undefined && this.#path.length + followed.levels > LEVELS) {
      this.#path.push(name);
      this.#tooDeep();
      this.#path.pop();
      return undefined;
    }
    return followed;
  }

  #tooDeep(): undefined {
    this.#endless(
      `The value of ${this.#path[0] ?? ''} is more than ${String(LEVELS)} references away.`,
    );
  }

  #endless(problem: string): void {
    this.#isEndless = true;
    this.#problems.add(problem);
  }

  async #find(place: string, { vault, key }: Target): Promise<StoredValue | undefined> {
    const { names, has } = this.environments;
    if (!(await has(vault))) {
      this.#problems.add(
        `${place}: there is no environment ${vault}.${suggest(nearNames(vault, names))}`,
      );
      return undefined;
    }
    const { values } = await this.#load(vault);
    const stored = values.get(key);
    if (stored === undefined) {
      const alike = nearNames(key, values.keys());
      this.#problems.add(`${place}: ${vault} has no variable ${key}.${suggest(alike)}`);
    }
    return stored;
  }

  #load(name: string): Promise<ReferencedEnvironment> {
    let loading = this.#loaded.get(name);
    if (loading === undefined) {
      loading = this.environments.load(name);
      this.#loaded.set(name, loading);
    }
    return loading;
  }

  async #read(stored: StoredValue, target: Target): Promise<Followed | undefined> {
    const text = stored.value.reveal();
    const place = formatReference(target);
    const reference = parseReference(text.replace(/^\\(?=@)/, ''));
    if (reference?.vault !== undefined) {
      const { vault, key } = reference;
      if (await this.environments.has(vault)) {
        if (text.startsWith('\\')) {
          return { value: new Secret(text.slice(1)), secret: stored.secret, levels: 1 };
        }
        const followed = await this.follow(place, { vault, key });
        return followed && further(followed, stored.secret || followed.secret);
      }
      if (text.startsWith('@')) return { ...stored, levels: 1, doubtful: target };
    }
    const { expands } = await this.#load(target.vault);
    return expands ? this.#expand(stored, target) : { ...stored, levels: 1 };
  }

  /** Replaces each `{{NAME}}`, and `\{{NAME}}` by `{{NAME}}`. */
  async #expand(stored: StoredValue, target: Target): Promise<Followed | undefined> {
    const text = stored.value.reveal();
    const parts: string[] = [];
    let { secret } = stored;
    let levels = 1;
    let length = text.length;
    let isWhole = true;
    let done = 0;
    for (const match of text.matchAll(NAMES_IN_BRACES)) {
      const [whole, backslash = '', name = ''] = match;
      parts.push(text.slice(done, match.index));
      done = match.index + whole.length;
      if (backslash !== '') {
        parts.push(whole.slice(1));
        continue;
      }
      const { vault = target.vault, key } = parseReference(name) ?? { key: name };
      const followed = await this.follow(formatReference(target), { vault, key });
      isWhole &&= followed !== undefined;
      if (followed === undefined) continue;
      secret ||= followed.secret;
      levels = Math.max(levels, followed.levels + 1);
      length += followed.value.reveal().length;
      if (length > LONGEST) {
        this.#endless(`The value of ${formatReference(target)} grows beyond 1 MiB.`);
        return undefined;
      }
      parts.push(followed.value.reveal());
    }
    parts.push(text.slice(done));
    return isWhole ? { value: new Secret(parts.join('')), secret, levels } : undefined;
  }
}

const further = (followed: Followed, secret: boolean): Followed => ({
  ...followed,
  secret,
  levels: followed.levels + 1,
});

const suggest = (alike: readonly string[]): string =>
  alike.length === 0 ? '' : ` Did you mean ${alike.join(' or ')}?`;
