/** Linking an environment to a path of its provider. */
import { z } from 'zod';

/** The path of an environment's values at the provider, as it is typed. */
export const secretPathSchema = z
  .string()
  .trim()
  .min(1, 'Enter the path.')
  .max(1024, 'A path can have at most 1,024 characters.');

/** A key on both sides, when an environment is linked to an existing secret. */
const sideBySideSchema = z.object({
  key: z.string(),
  state: z.enum(['here', 'server', 'same', 'different']),
});
export type SideBySide = z.infer<typeof sideBySideSchema>;

export const syncPreviewSchema = z.object({
  path: z.string(),
  /** Whether the path holds a secret already. */
  exists: z.boolean(),
  shape: z.enum(['map', 'text', 'binary']).optional(),
  keys: z.array(sideBySideSchema),
  /** The revision that was seen there. Pass it to `enableSync`. */
  serverRevision: z.string().optional(),
});
export type SyncPreview = z.infer<typeof syncPreviewSchema>;

export const syncResolutions = ['push', 'merge', 'take-server', 'replace'] as const;
export type SyncResolution = (typeof syncResolutions)[number];

/** Whose values to take if a path holds a secret already. */
export const linkSides = ['server', 'here', 'merge'] as const;
export type LinkSide = (typeof linkSides)[number];
