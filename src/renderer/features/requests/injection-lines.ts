/** What a grant adds to a request, for a person to read. It never has a value. */
import { injectionsOf, placeholdersIn, type GrantSettings } from '@shared/model/grant';

/** A piece of text, or the place of a secret. */
export type InjectionPart =
  | { readonly text: string; readonly secret?: never }
  | { readonly secret: string; readonly text?: never };

export interface InjectionLine {
  readonly place: 'header' | 'query';
  readonly name: string;
  readonly parts: readonly InjectionPart[];
}

/** Every header and query parameter that the settings add, in order. */
export function injectionLines(
  settings: GrantSettings,
  secrets: readonly string[],
): InjectionLine[] {
  const lines = injectionsOf(settings).map(({ place, name, format, basic }): InjectionLine => {
    const parts = partsOf(format);
    return {
      place,
      name,
      parts: basic === true ? [{ text: 'Basic base64(' }, ...parts, { text: ')' }] : parts,
    };
  });
  if (settings.type !== 'sigv4') return lines;
  const signature: InjectionLine[] = [
    {
      place: 'header',
      name: 'Authorization',
      parts: [
        { text: 'AWS4-HMAC-SHA256 Credential=' },
        { secret: 'accessKeyId' },
        { text: ', Signature=…' },
      ],
    },
    { place: 'header', name: 'X-Amz-Date', parts: [{ text: 'the time' }] },
    ...(secrets.includes('sessionToken')
      ? [
          {
            place: 'header' as const,
            name: 'X-Amz-Security-Token',
            parts: [{ secret: 'sessionToken' }],
          },
        ]
      : []),
  ];
  return [...signature, ...lines];
}

function partsOf(format: string): InjectionPart[] {
  const names = new Set(placeholdersIn(format));
  return format
    .split(/(\{[A-Za-z]\w*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const secret = part.replaceAll(/^\{|\}$/g, '');
      return part.startsWith('{') && names.has(secret) ? { secret } : { text: part };
    });
}
