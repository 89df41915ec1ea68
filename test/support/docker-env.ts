/**
 * How `docker run --env-file` reads a file, written from the documented format and the code of
 * https://github.com/docker/cli/blob/v29.9.3/pkg/kvfile/kvfile.go: one `KEY=value` a line, nothing is
 * quoted or escaped.
 */

/** The scanner of Go gives up on a line that does not fit its buffer with its end. */
const BUFFER = 65_536;

/** Throws an `Error` if docker refuses the file. */
export function readDockerEnv(file: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const raw of file
    .replace(/^\uFEFF/, '')
    .replace(/\n$/, '')
    .split('\n')) {
    if (Buffer.byteLength(raw) + 1 > BUFFER) throw new Error('token too long');
    const line = raw.replace(/\r$/, '').replace(/^\p{White_Space}+/u, '');
    if (line === '' || line.startsWith('#')) continue;
    const at = line.indexOf('=');
    // Without `=` the value would come from the environment.
    const key = at === -1 ? line : line.slice(0, at);
    if (key === '') throw new Error('no variable name');
    if (/[ \t]/.test(key)) throw new Error('the key contains whitespace');
    if (at !== -1) found.set(key, line.slice(at + 1));
  }
  return found;
}
