/** Reveals or hides the masked values of a row. Visible while the row has the pointer or the focus. */
import { Eye, EyeOff } from 'lucide-react';
import { cx } from '../lib/class-names';
import { IconButton } from './button';

interface Props {
  /** The key of the values. */
  readonly of: string;
  readonly isShown: boolean;
  readonly onReveal: () => void;
  readonly onHide: () => void;
}

export const RevealButton = ({ of, isShown, onReveal, onHide }: Props) => (
  <IconButton
    size="sm"
    label={`${isShown ? 'Hide' : 'Reveal'} ${of}`}
    hint={isShown ? 'Hide' : 'Reveal'}
    className={cx(
      '-my-0.5 transition-opacity group-focus-within/row:opacity-100 group-hover/row:opacity-100 pointer-coarse:opacity-100',
      !isShown && 'opacity-0',
    )}
    onPress={isShown ? onHide : onReveal}
  >
    {isShown ? <EyeOff className="size-3.5" /> : <Eye className="size-3.5" />}
  </IconButton>
);
