/** Which host can run the app here, and why another cannot. */

/**
 * @typedef {object} Surroundings
 * @property {NodeJS.Platform} platform
 * @property {Readonly<Record<string, string | undefined>>} env
 * @property {number | undefined} userId `undefined` on Windows
 */

/** @returns {Surroundings} */
export const here = () => ({
  platform: process.platform,
  env: process.env,
  userId: process.getuid?.(),
});

/**
 * Whether windows can be drawn here.
 *
 * @param {Surroundings} surroundings
 * @returns {boolean}
 */
export function hasDisplay({ platform, env }) {
  /** @param {string} name */
  const isSet = (name) => env[name] !== undefined && env[name] !== '';
  if (platform === 'linux') return isSet('DISPLAY') || isSet('WAYLAND_DISPLAY');
  return !isSet('SSH_CONNECTION');
}

/**
 * Why Electron cannot be used here, with or without its runtime; `undefined` if it can.
 *
 * @param {Surroundings} surroundings
 * @returns {string | undefined}
 */
export function whyNotElectron(surroundings) {
  if (!hasDisplay(surroundings)) return 'there is no display';
  if (surroundings.platform === 'linux' && surroundings.userId === 0) {
    return 'Electron’s sandbox does not work for root';
  }
  return undefined;
}
