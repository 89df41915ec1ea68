/** Which environment a person most likely wants to compare one with. */

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Parts of names that say which stage of the same program an environment is for. */
const stages = new Set(
  [
    'ci demo dev develop development live local',
    'preprod preview prod production qa sandbox',
    'stage staging stg test testing uat',
  ].flatMap((line) => line.split(' ')),
);

const collator = new Intl.Collator('en', { numeric: true });

/**
 * The sibling of an environment: first, the same program in another stage (`api/prod` and `api/staging`, or
 * `prod/api` and `staging/api`); then the same name in another folder; then one of the same folder; then any.
 * Among equals, the one that shares more of its name. `undefined` if there is no other environment.
 */
export function siblingOf<Each extends Named>(
  environment: Named,
  all: readonly Each[],
): Each | undefined {
  const own = environment.name.split('/');
  const ranked = all
    .filter(({ id }) => id !== environment.id)
    .map((other) => ({ other, ...likeness(own, other.name.split('/')) }));
  const [best] = ranked.toSorted(
    (a, b) =>
      a.rank - b.rank || b.shared - a.shared || collator.compare(a.other.name, b.other.name),
  );
  return best?.other;
}

/** `shared`: the number of folders and names that are the same at the same place. */
function likeness(
  own: readonly string[],
  other: readonly string[],
): { readonly rank: number; readonly shared: number } {
  const isSame = own.map((part, at) => part === other[at]);
  const shared = isSame.filter(Boolean).length;
  if (own.length === other.length && shared === own.length - 1) {
    const at = isSame.indexOf(false);
    if (isStage(own[at]) && isStage(other[at])) return { rank: 0, shared };
  }
  if (own.length > 1 && other.length > 1 && own.at(-1) === other.at(-1)) return { rank: 1, shared };
  const isInFolder = own.slice(0, -1).join('/') === other.slice(0, -1).join('/');
  return { rank: isInFolder ? 2 : 3, shared };
}

const isStage = (part: string | undefined): boolean =>
  part !== undefined && stages.has(part.toLowerCase());
