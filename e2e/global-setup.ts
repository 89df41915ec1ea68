/** The journeys drive what is built, so it is built from what is here. */
import { ensureBuilt } from '../scripts/lib/build.mjs';

export default async function globalSetup(): Promise<void> {
  if (!(await ensureBuilt())) throw new Error('The build failed.');
}
