/** Writes one line for a person who runs the app from a terminal. */
export type Report = (line: string) => void;

/** The part of an address that may be reported: a path or a query can contain anything. */
export const originOf = (address: string): string => {
  if (!URL.canParse(address)) return 'an invalid address';
  const { origin, protocol } = new URL(address);
  return origin === 'null' ? protocol : origin;
};

/** Where a bug is, without its message: the message can quote a value. */
export const describeBug = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return 'Something that is not an Error was thrown.';
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [thrown.name, ...frames].join('\n');
};
