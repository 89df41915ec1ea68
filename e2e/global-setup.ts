/** The journeys use the built app, so it is built first. */
import type { FullConfig } from '@playwright/test';
import { ensureBuilt } from '../scripts/lib/build.mjs';
import { holdDisplay } from './hold-display';

export default async function globalSetup({ projects }: FullConfig): Promise<() => void> {
  if (!(await ensureBuilt())) throw new Error('The build failed.');
  const isDesktop = projects.some(({ name }) => name === 'desktop');
  const letGo = isDesktop ? await holdDisplay(process.env) : undefined;
  return () => letGo?.();
}
