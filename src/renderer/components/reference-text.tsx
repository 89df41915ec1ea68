/** Where a reference points: the environment and the key. */
import { ArrowUpRight, TriangleAlert } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { cx } from '../lib/class-names';

interface Props {
  readonly environment: string;
  /** The key of the variable there. */
  readonly target: string;
  readonly state: 'found' | 'missing' | 'not-loaded';
  /** Leads there. Without it, this is only text. */
  readonly onGo?: (() => void) | undefined;
}

const stateWords = { found: undefined, missing: 'not found', 'not-loaded': 'not loaded' } as const;

export function ReferenceText({ environment, target, state, onGo }: Props) {
  const word = stateWords[state];
  const text = (
    <>
      <ArrowUpRight aria-hidden className="size-3.5 shrink-0 self-center text-text-3" />
      <span className="min-w-0 truncate" title={`${environment} / ${target}`}>
        <span className="text-text-2">{environment}</span>
        <span className="text-text-3"> / </span>
        {target}
      </span>
    </>
  );
  return (
    <span className="flex min-w-0 items-baseline gap-1.5 font-mono text-xs leading-5">
      {onGo === undefined ? (
        <span className="flex min-w-0 gap-1">{text}</span>
      ) : (
        <AriaButton
          excludeFromTabOrder
          aria-label={`Go to ${environment} / ${target}`}
          onPress={onGo}
          className="flex min-w-0 cursor-default gap-1 rounded-xs text-left underline decoration-line-strong underline-offset-3 data-hovered:decoration-text"
        >
          {text}
        </AriaButton>
      )}
      {word === undefined ? null : (
        <span
          className={cx(
            'flex shrink-0 items-center gap-1 self-center font-sans',
            state === 'missing' ? 'text-warn' : 'text-text-3',
          )}
        >
          {state === 'missing' ? <TriangleAlert aria-hidden className="size-3.5" /> : null}
          {word}
        </span>
      )}
    </span>
  );
}
