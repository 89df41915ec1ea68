/** The characters at the end that stay in sight: where names differ. */
const TAIL = 9;

/** Text on one line; if it is too long, its middle is left out. */
export function MiddleText({ children }: { readonly children: string }) {
  const letters = Array.from(children);
  if (letters.length <= TAIL * 2) return <span className="min-w-0 truncate">{children}</span>;
  return (
    <span className="flex min-w-0 whitespace-pre">
      <span className="min-w-0 truncate">{letters.slice(0, -TAIL).join('')}</span>
      <span className="shrink-0">{letters.slice(-TAIL).join('')}</span>
    </span>
  );
}
