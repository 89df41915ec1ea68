/** The wheel of the strongroom's door. */
export const Mark = ({ className }: { readonly className?: string }) => (
  <svg viewBox="0 0 32 32" aria-hidden className={className}>
    <rect width="32" height="32" rx="7" fill="#1d222b" />
    <rect x="0.5" y="0.5" width="31" height="31" rx="6.5" fill="none" stroke="#37404f" />
    <g fill="none" stroke="#d4ac3a" strokeWidth="2" strokeLinecap="round">
      <circle cx="16" cy="16" r="9" />
      <circle cx="16" cy="16" r="2.75" />
      <path d="M16 7v5M16 20v5M7 16h5M20 16h5" />
    </g>
  </svg>
);
