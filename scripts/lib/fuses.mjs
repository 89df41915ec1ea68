/**
 * Reads the fuses out of a packaged Electron. They are bytes behind a sentinel in its binary:
 * electron/electron docs/tutorial/fuses.md, “How do fuses work?”.
 */

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const VERSION = 1;

/** In the order of the wire; the values that the packages of Strongroom must have. */
export const expectedFuses = /** @type {const} */ ([
  ['runAsNode', false],
  ['enableCookieEncryption', true],
  ['enableNodeOptionsEnvironmentVariable', false],
  ['enableNodeCliInspectArguments', false],
  ['enableEmbeddedAsarIntegrityValidation', true],
  ['onlyLoadAppFromAsar', true],
  ['loadBrowserProcessSpecificV8Snapshot', false],
  ['grantFileProtocolExtraPrivileges', false],
]);

/**
 * The wires in a binary. A binary for two architectures has two.
 *
 * @param {Buffer} binary
 */
const wiresIn = (binary) =>
  [...new Set([binary.indexOf(SENTINEL), binary.lastIndexOf(SENTINEL)])]
    .filter((at) => at !== -1)
    .map((at) => {
      const start = at + SENTINEL.length;
      const [version = 0, length = 0] = binary.subarray(start, start + 2);
      const states = [...binary.subarray(start + 2, start + 2 + length)];
      return { version, states: states.map((state) => String.fromCharCode(state)) };
    });

/**
 * The names of the fuses that an Electron lacks, because it is older than they are.
 *
 * @param {Buffer} binary
 * @returns {string[]}
 */
export function missingFuses(binary) {
  const length = Math.min(...wiresIn(binary).map(({ states }) => states.length));
  return expectedFuses.slice(length).map(([name]) => name);
}

/**
 * The names of the fuses with a wrong value.
 *
 * @param {Buffer} binary
 * @param {readonly string[]} [missing] the fuses that this Electron is known to lack
 * @returns {string[]}
 */
export function wrongFuses(binary, missing = []) {
  const wires = wiresIn(binary);
  if (wires.length === 0) return ['there are none'];
  /** @type {Set<string>} */
  const wrong = new Set();
  for (const { version, states } of wires) {
    if (version !== VERSION) wrong.add(`version ${String(version)}`);
    for (const [index, [name, isOn]] of expectedFuses.entries()) {
      if (!missing.includes(name) && states[index] !== (isOn ? '1' : '0')) wrong.add(name);
    }
  }
  return [...wrong];
}
