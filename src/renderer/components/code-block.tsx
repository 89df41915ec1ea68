import { CopyButton } from './copy-button';

/** A text to paste somewhere else, unchanged. */
export const CodeBlock = ({ code, label }: { readonly code: string; readonly label: string }) => (
  <figure
    aria-label={label}
    className="relative overflow-hidden rounded-md border border-line bg-sunken"
  >
    {/* Long lines scroll. Focus lets people scroll them without a mouse. */}
    <pre
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="max-h-72 overflow-auto p-3 pr-20 font-mono text-xs select-text"
    >
      {code}
    </pre>
    <CopyButton
      size="sm"
      label="Copy"
      aria-label={`Copy ${label}`}
      text={() => code}
      className="absolute top-1.5 right-1.5"
    />
  </figure>
);
