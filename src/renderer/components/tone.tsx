/** Outcomes: each tone has an icon, so that colour is never the only sign. */
import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from 'lucide-react';

export const tones = {
  good: { icon: CircleCheck, text: 'text-good', wash: 'bg-good-wash', border: 'border-l-good' },
  warn: { icon: TriangleAlert, text: 'text-warn', wash: 'bg-warn-wash', border: 'border-l-warn' },
  bad: { icon: CircleAlert, text: 'text-bad', wash: 'bg-bad-wash', border: 'border-l-bad' },
  info: { icon: Info, text: 'text-info', wash: 'bg-info-wash', border: 'border-l-info' },
} as const satisfies Record<
  string,
  { icon: LucideIcon; text: string; wash: string; border: string }
>;

export type Tone = keyof typeof tones;
