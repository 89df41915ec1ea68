/** The check for a newer release. */
import { z } from 'zod';

/** `1.2.3`, without a leading `v`. A pre-release, such as `1.2.3-beta.1`, is in no feed. */
const versionSchema = z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/);

/** The newest release, as the feed says. */
export const releaseSchema = z.object({
  version: versionSchema,
  /** The page to download it from. */
  url: z.url({ protocol: /^https$/ }).max(500),
});
export type Release = z.infer<typeof releaseSchema>;

export const updateStatusSchema = z.object({
  /** When the feed was read last, in milliseconds since 1970, UTC. */
  checkedAt: z.number().optional(),
  /** A release that is newer than this one. */
  newer: releaseSchema.optional(),
  /** Why the last check failed. */
  problem: z.string().optional(),
});
export type UpdateStatus = z.infer<typeof updateStatusSchema>;

/** Whether a release comes after this version. A pre-release comes before the release of the same number. */
export function isNewer(release: string, version: string): boolean {
  const [core = '', ...pre] = version.split('-');
  const [mine, theirs] = [core, release].map((text) => text.split('.').map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (theirs?.[at] ?? 0) - (mine?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return pre.length > 0;
}
