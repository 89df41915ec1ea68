/**
 * Placeholders: texts that a program has in place of secret values. They have only letters, digits and underscores, so
 * that JSON, URLs and forms leave them as they are.
 */

/** What all begin with. */
const PREFIX = 'strongroom_';

/** Characters of the name of a variable that a placeholder shows. */
const LONGEST_NAME = 60;

/** The placeholder of a variable. `random`: hexadecimal digits that nobody can guess. */
export const placeholderFor = (key: string, random: string): string =>
  `${PREFIX}${key.replaceAll(/\W/g, '_').slice(0, LONGEST_NAME)}_${random}`;

const BASIC = /^(Basic +)([\w+/=-]+) *$/i;

/**
 * Changes the text of a header; of a header of HTTP Basic, also the text that it encodes. Returns the same value if
 * nothing was changed.
 */
export function inHeader(value: string, change: (text: string) => string): string {
  const plain = change(value);
  if (plain !== value) return plain;
  const [, scheme = '', encoded] = BASIC.exec(value) ?? [];
  if (encoded === undefined) return value;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const changed = change(text);
  return changed === text ? value : `${scheme}${Buffer.from(changed, 'utf8').toString('base64')}`;
}

/** Whether a header has a text, also if it encodes it for HTTP Basic. */
export function headerHas(value: string, text: string): boolean {
  let found = false;
  inHeader(value, (plain) => {
    found ||= plain.includes(text);
    return plain;
  });
  return found;
}
