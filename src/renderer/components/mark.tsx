/** The wheel of the strongroom's door, as in `public/icon.svg`. */
export const Mark = ({ className }: { readonly className?: string }) => (
  <svg viewBox="0 0 32 32" aria-hidden className={className}>
    <rect width="32" height="32" rx="7" fill="#1d222b" />
    <rect x="0.5" y="0.5" width="31" height="31" rx="6.5" fill="none" stroke="#3c4554" />
    <g fill="none" stroke="#d9b344" strokeWidth="2.6" strokeLinecap="round">
      <circle cx="16" cy="16" r="10" />
      <circle cx="16" cy="16" r="3" />
      <path d="M16 6v7M16 19v7M6 16h7M19 16h7" />
    </g>
  </svg>
);
