/** Reads back an asar archive: https://github.com/electron/asar#format */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * @typedef {object} Entry
 * @property {Record<string, Entry>} [files] of a folder
 * @property {string} [link] of a link
 * @property {number} [size]
 * @property {string} [offset] from the end of the header; absent if the file is unpacked
 * @property {boolean} [unpacked]
 * @property {{ algorithm: string, hash: string }} [integrity]
 */

/**
 * Every file below an entry, with its path.
 *
 * @param {Entry} entry
 * @param {string} [path]
 * @returns {Generator<{ path: string, entry: Entry }>}
 */
function* filesOf(entry, path = '') {
  for (const [name, inner] of Object.entries(entry.files ?? {})) {
    const inside = join(path, name);
    if (inner.files !== undefined) yield* filesOf(inner, inside);
    else if (inner.link === undefined) yield { path: inside, entry: inner };
  }
}

/**
 * @typedef {object} Archive
 * @property {string} headerHash the hash that a package on macOS and Windows keeps outside of the archive
 * @property {string[]} files
 * @property {string[]} wrong the files whose content is not what the header says, or that it says nothing about
 */

/**
 * @param {string} archive a path; unpacked files are beside it
 * @returns {Archive}
 */
export function readAsar(archive) {
  const bytes = readFileSync(archive);
  // Two pickles: the size of the header, and the header with the length of its text.
  const start = 8 + bytes.readUInt32LE(4);
  const text = bytes.subarray(16, 16 + bytes.readUInt32LE(12));
  /** @type {Entry} */
  const header = JSON.parse(text.toString('utf8'));
  /** @type {Archive} */
  const read = { headerHash: sha256(text), files: [], wrong: [] };
  for (const { path, entry } of filesOf(header)) {
    read.files.push(path);
    const { size = 0, offset = '0', unpacked = false, integrity } = entry;
    const from = start + Number(offset);
    const outside = join(`${archive}.unpacked`, path);
    const content = unpacked
      ? existsSync(outside) && readFileSync(outside)
      : bytes.subarray(from, from + size);
    const isSound = content !== false && integrity?.algorithm === 'SHA256';
    if (!isSound || sha256(content) !== integrity.hash) read.wrong.push(path);
  }
  return read;
}
