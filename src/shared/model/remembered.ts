/** A function that keeps what it made of each object, for as long as the object lives. The object must not change. */
export function remembered<Source extends object, Made>(
  make: (source: Source) => Made,
): (source: Source) => Made {
  const known = new WeakMap<Source, { readonly made: Made }>();
  return (source) => {
    const found = known.get(source);
    if (found !== undefined) return found.made;
    const made = make(source);
    known.set(source, { made });
    return made;
  };
}
