/** What the name of a region says about it. */
import { editDistance } from '@shared/model/edit-distance';

const areas = 'us eu ap sa ca me af il mx cn us-gov eusc-de'.split(' ');
const directions = 'east west north south central northeast northwest southeast southwest'.split(
  ' ',
);
const numbers = [1, 2, 3, 4, 5, 6, 7];

/** `eu-west-1`: an area, a direction and a number, which every region of every partition has. */
export const looksLikeRegion = (region: string): boolean =>
  /^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(region);

/** At most this many letters are mistyped. */
const MISTYPED = 2;

const nearest = (region: string, known: readonly string[]): string[] =>
  known
    .map((name) => ({ name, far: editDistance(region, name) }))
    .filter(({ far }) => far <= MISTYPED)
    .toSorted((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);

export interface Region {
  /** As AWS calls it, such as `Europe (Ireland)`; absent if this version does not know it. */
  readonly description: string | undefined;
  /** Similar names, the nearest first, if the region is not known. */
  readonly alike: readonly string[];
}

/** All regions that the SDK knows, of every partition. */
export async function knownRegions(): Promise<string[]> {
  const { partition } = await import('@aws-sdk/core/client');
  const isKnown = (name: string): boolean =>
    typeof (partition(name) as { readonly description?: unknown }).description === 'string';
  return areas
    .flatMap((area) =>
      directions.flatMap((way) => numbers.map((n) => `${area}-${way}-${String(n)}`)),
    )
    .filter(isKnown);
}

/** By the list of the SDK, which may be older than a region. */
export async function lookUpRegion(region: string): Promise<Region> {
  const { partition } = await import('@aws-sdk/core/client');
  const describe = (name: string): string | undefined => {
    const { description } = partition(name) as { readonly description?: unknown };
    return typeof description === 'string' ? description : undefined;
  };
  const description = describe(region);
  if (description !== undefined) return { description, alike: [] };
  return { description, alike: nearest(region, await knownRegions()) };
}

/** The region in an AWS host name, such as `secretsmanager.eu-west-1.amazonaws.com`. */
export const regionOfHost = (host: string): string | undefined =>
  host
    .toLowerCase()
    .split('.')
    .find((label) => looksLikeRegion(label));
