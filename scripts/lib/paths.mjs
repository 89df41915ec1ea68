import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * A file of an installed package, to run with node: npx would ask the registry for a missing package.
 *
 * @param {string} path below node_modules
 */
export const inPackages = (path) => join(root, 'node_modules', path);

export const electronVite = inPackages('electron-vite/bin/electron-vite.js');
