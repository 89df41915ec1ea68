import { Check, Copy } from 'lucide-react';
import { createContext, useContext, useEffect, useState } from 'react';
import { Button, type ButtonProps } from './button';

interface Props extends Omit<ButtonProps, 'onPress' | 'icon' | 'children'> {
  /** The text of the button, such as “Copy report”. */
  readonly label: string;
  /** Not for secrets; the core copies those. */
  readonly text: () => string;
}

const SHOWN_FOR_MS = 2000;

/** Puts a text on the clipboard. In a desktop window the host does so, because pages lack the permission. */
export const WriteTextContext = createContext((text: string): Promise<void> =>
  navigator.clipboard.writeText(text),
);

/** Copies a text that is no secret, and confirms it for a moment. */
export function CopyButton({ label, text, ...props }: Props) {
  const writeText = useContext(WriteTextContext);
  const [outcome, setOutcome] = useState<'copied' | 'failed'>();

  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async (): Promise<void> => {
    try {
      await writeText(text());
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  };

  return (
    <Button
      {...props}
      onPress={() => void copy()}
      icon={
        outcome === 'copied' ? (
          <Check aria-hidden className="size-3.5 text-good" />
        ) : (
          <Copy aria-hidden className="size-3.5" />
        )
      }
    >
      <span aria-live="polite">
        {outcome === undefined ? label : outcome === 'copied' ? 'Copied' : 'Could not copy'}
      </span>
    </Button>
  );
}
