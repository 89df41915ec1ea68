/** The choice of what is generated. */
import {
  BYTES_MAX,
  BYTES_MIN,
  characterClasses,
  PASSWORD_MAX,
  PASSWORD_MIN,
  rsaSizes,
  type CharacterClass,
  type Recipe,
} from '@shared/model/generation';
import { SegmentedChoice } from '@renderer/components/choice';
import { InlineSwitch } from '@renderer/components/switch';
import { TextField } from '@renderer/components/text-field';
import { ToggleChoice } from '@renderer/components/toggle-choice';

type Kind = Recipe['kind'];

/** What was entered, of every kind, so that a change of kind forgets nothing. */
export interface RecipeForm {
  readonly kind: Kind;
  readonly length: string;
  readonly bytes: string;
  readonly classes: readonly CharacterClass[];
  readonly readable: boolean;
  readonly urlSafe: boolean;
  readonly bits: (typeof rsaSizes)[number];
}

export const firstRecipe: RecipeForm = {
  kind: 'password',
  length: '32',
  bytes: '32',
  classes: characterClasses,
  readable: false,
  urlSafe: false,
  bits: 3072,
};

const wholeIn = (text: string, min: number, max: number): number | undefined => {
  const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : undefined;
};

/** The recipe, or why there is none. */
export function recipeOf(form: RecipeForm): Recipe | { readonly issue: string } {
  const { kind, classes, readable, urlSafe, bits } = form;
  switch (kind) {
    case 'password': {
      const length = wholeIn(form.length, PASSWORD_MIN, PASSWORD_MAX);
      if (length === undefined) {
        return { issue: `Enter a length from ${String(PASSWORD_MIN)} to ${String(PASSWORD_MAX)}.` };
      }
      if (classes.length === 0) return { issue: 'Choose at least one kind of character.' };
      return { kind, length, classes: [...classes], readable };
    }
    case 'hex':
    case 'base64': {
      const bytes = wholeIn(form.bytes, BYTES_MIN, BYTES_MAX);
      if (bytes === undefined) {
        return { issue: `Enter a number from ${String(BYTES_MIN)} to ${String(BYTES_MAX)}.` };
      }
      return kind === 'hex' ? { kind, bytes } : { kind, bytes, urlSafe };
    }
    case 'rsa':
      return { kind, bits };
    case 'uuid':
    case 'ed25519':
      return { kind };
  }
}

const kinds: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: 'password', label: 'Password' },
  { value: 'hex', label: 'Hex' },
  { value: 'base64', label: 'Base64' },
  { value: 'uuid', label: 'UUID' },
  { value: 'rsa', label: 'RSA keys' },
  { value: 'ed25519', label: 'Ed25519 keys' },
];

const classLabels: Readonly<Record<CharacterClass, string>> = {
  lower: 'a–z',
  upper: 'A–Z',
  digits: '0–9',
  symbols: '!#%…',
};

interface Props {
  readonly form: RecipeForm;
  readonly issue: string | undefined;
  readonly onChange: (form: RecipeForm) => void;
}

export function RecipeFields({ form, issue, onChange }: Props) {
  const { kind } = form;
  return (
    <>
      <SegmentedChoice
        label="Kind"
        stacked
        options={kinds}
        value={kind}
        onChange={(value) => onChange({ ...form, kind: value as Kind })}
      />
      {kind === 'password' ? (
        <>
          <TextField
            label="Length"
            stacked
            inputMode="numeric"
            value={form.length}
            onChange={(length) => onChange({ ...form, length })}
            issue={issue}
          />
          <ToggleChoice
            label="Characters"
            options={characterClasses.map((value) => ({ value, label: classLabels[value] }))}
            chosen={form.classes}
            onChange={(classes) => onChange({ ...form, classes })}
          />
          <InlineSwitch
            label="Without characters that look alike (0 O 1 l I |)"
            isSelected={form.readable}
            onChange={(readable) => onChange({ ...form, readable })}
          />
        </>
      ) : null}
      {kind === 'hex' || kind === 'base64' ? (
        <TextField
          label="Bytes"
          stacked
          inputMode="numeric"
          value={form.bytes}
          onChange={(bytes) => onChange({ ...form, bytes })}
          issue={issue}
        />
      ) : null}
      {kind === 'base64' ? (
        <InlineSwitch
          label="With - and _, for URLs"
          isSelected={form.urlSafe}
          onChange={(urlSafe) => onChange({ ...form, urlSafe })}
        />
      ) : null}
      {kind === 'rsa' ? (
        <SegmentedChoice
          label="Size"
          stacked
          options={rsaSizes.map((bits) => ({ value: String(bits), label: `${String(bits)} bits` }))}
          value={String(form.bits)}
          onChange={(value) =>
            onChange({
              ...form,
              bits: rsaSizes.find((bits) => String(bits) === value) ?? form.bits,
            })
          }
        />
      ) : null}
    </>
  );
}
