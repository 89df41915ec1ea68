import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * A file of a package's own, to be run with node: npx would look in the registry for what is missing.
 *
 * @param {string} path below node_modules
 */
export const inPackages = (path) => join(root, 'node_modules', path);

export const electronVite = inPackages('electron-vite/bin/electron-vite.js');
