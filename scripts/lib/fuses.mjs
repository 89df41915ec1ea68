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
 * The names of the fuses with a wrong value. A binary for two architectures has two wires.
 *
 * @param {Buffer} binary
 * @returns {string[]}
 */
export function wrongFuses(binary) {
  const wires = [binary.indexOf(SENTINEL), binary.lastIndexOf(SENTINEL)].filter((at) => at !== -1);
  if (wires.length === 0) return ['there are none'];
  /** @type {Set<string>} */
  const wrong = new Set();
  for (const at of wires) {
    const [version = 0, length = 0, ...states] = binary.subarray(at + SENTINEL.length);
    if (version !== VERSION) wrong.add(`version ${String(version)}`);
    for (const [index, [name, isOn]] of expectedFuses.entries()) {
      const state = index < length ? String.fromCharCode(states[index] ?? 0) : 'missing';
      if (state !== (isOn ? '1' : '0')) wrong.add(name);
    }
  }
  return [...wrong];
}
