/** Writes one line for a person who runs the app from a terminal. */
export type Report = (line: string) => void;

/** Reports to a stream such as standard error. A terminal that was closed does not end the app. */
export function reportTo(stream: NodeJS.WritableStream): Report {
  stream.on('error', () => undefined);
  return (line) => {
    stream.write(`${line}\n`);
  };
}

/** The part of an address that may be reported: a path or a query can contain anything. */
export const originOf = (address: string): string => {
  if (!URL.canParse(address)) return 'an invalid address';
  const { origin, protocol } = new URL(address);
  return origin === 'null' ? protocol : origin;
};

/** How many stack frames of a bug are reported: enough to find its place. */
const FRAMES = 8;

/**
 * The kind and the place of a bug, in one line. Leaves the message out, since it can quote a value that
 * was being read.
 */
export const describeBug = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return 'Something that is not an Error was thrown.';
  // A stack begins with the message, whose own lines can look like frames.
  const frames = (thrown.stack ?? '')
    .replace(thrown.message, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
  return [thrown.name, ...frames.slice(0, FRAMES)].join(' ');
};
