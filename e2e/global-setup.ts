/** The journeys use the built app, so it is built first. */
import { ensureBuilt } from '../scripts/lib/build.mjs';

export default async function globalSetup(): Promise<void> {
  if (!(await ensureBuilt())) throw new Error('The build failed.');
}
