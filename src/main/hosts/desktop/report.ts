/** Writes one line for whoever runs the app from a terminal. */
export type Report = (line: string) => void;

/** What of an address may be reported: a path or a query can hold anything. */
export const originOf = (address: string): string => {
  if (!URL.canParse(address)) return 'an address that is none';
  const { origin, protocol } = new URL(address);
  return origin === 'null' ? protocol : origin;
};

/** Where a bug is, without its message: that can quote what was being read, such as a value. */
export const describeBug = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return 'Something that is not an Error was thrown.';
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [thrown.name, ...frames].join('\n');
};
