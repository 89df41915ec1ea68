/** Whether `strongroom` can be started from a terminal, and the link that makes it possible. */
import { z } from 'zod';

export const commandLinkSchema = z.object({
  /** The file of the command that belongs to this Strongroom. Absent if there is none that a link can lead to. */
  own: z.string().optional(),
  /** The `strongroom` that a terminal starts. */
  onPath: z.object({ file: z.string(), isOwn: z.boolean() }).optional(),
  /** The link to `own`, if it was made. */
  link: z.string().optional(),
  /** The folder for the link. Absent if links are not made on this system. */
  folder: z.object({ path: z.string(), isOnPath: z.boolean() }).optional(),
  /** A file of somebody else at the place of the link. It is never overwritten. */
  obstacle: z.string().optional(),
});
export type CommandLink = z.infer<typeof commandLinkSchema>;

/** What a host offers: only a host knows its files and the PATH of its person. */
export interface HostCommandLink {
  status(): Promise<CommandLink>;
  /** Makes the link. Throws `ALREADY_EXISTS` if another file is in its place. */
  install(): Promise<CommandLink>;
  /** Removes the link, and no other file. */
  remove(): Promise<CommandLink>;
}
