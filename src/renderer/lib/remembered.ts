/** Gives the last result again while the arguments are the same. For pure functions whose arguments rarely change. */
export function remembered<Args extends readonly unknown[], Result>(
  make: (...args: Args) => Result,
): (...args: Args) => Result {
  let last: { readonly args: Args; readonly result: Result } | undefined;
  return (...args) => {
    if (last === undefined || last.args.some((arg, at) => arg !== args[at])) {
      last = { args, result: make(...args) };
    }
    return last.result;
  };
}
