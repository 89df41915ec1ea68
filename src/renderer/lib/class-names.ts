/**
 * Joins class names, and leaves out those that do not apply. Of two for one property, such as two colours of a border,
 * the order in the stylesheet decides, and not the order here: give only one.
 */
export const cx = (...names: readonly (string | false | undefined)[]): string =>
  names.filter((name) => name !== false && name !== undefined && name !== '').join(' ');
