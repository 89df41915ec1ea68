/** Linking an environment to a path of its provider. */
import { z } from 'zod';

/** Where the values of an environment live at the provider, as it is typed. */
export const secretPathSchema = z
  .string()
  .trim()
  .min(1, 'Enter the path.')
  .max(1024, 'A path can have at most 1,024 characters.');

/** How a key stands on both sides, when an environment meets what is already at a path. */
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
  /** What was seen there; goes back with `enableSync`. */
  serverRevision: z.string().optional(),
});
export type SyncPreview = z.infer<typeof syncPreviewSchema>;

export const syncResolutions = ['push', 'merge', 'take-server', 'replace'] as const;
export type SyncResolution = (typeof syncResolutions)[number];
