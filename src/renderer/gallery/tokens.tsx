/** The tokens of the design: colour, type, space, shape and icons. */
import {
  Check,
  CircleAlert,
  CircleCheck,
  CloudDownload,
  Copy,
  Eye,
  Info,
  Plus,
  Search,
  Settings,
  Trash2,
  TriangleAlert,
} from 'lucide-react';
import { Mark } from '../components/mark';
import { Sheet, Specimen } from './specimen';

const surfaces = ['bg', 'panel', 'raised', 'sunken', 'hover', 'line', 'line-strong', 'control'];
const accents = [
  'brass-fill',
  'brass-wash',
  'good-wash',
  'warn-wash',
  'bad-wash',
  'info-wash',
  'focus',
];

const Swatch = ({ name }: { readonly name: string }) => (
  <Specimen name={name}>
    <span
      className="block h-10 w-20 rounded-md border border-line-strong"
      style={{ background: `var(--${name})` }}
    />
  </Specimen>
);

const texts = [
  'text-text',
  'text-text-2',
  'text-text-3',
  'text-brass',
  'text-good',
  'text-warn',
  'text-bad',
  'text-info',
];
const sizes = ['text-2xs', 'text-xs', 'text-base', 'text-lg', 'text-xl'];
const radii = ['rounded-xs', 'rounded-sm', 'rounded-md', 'rounded-lg'];
const icons = {
  Check,
  CircleAlert,
  CircleCheck,
  CloudDownload,
  Copy,
  Eye,
  Info,
  Plus,
  Search,
  Settings,
  Trash2,
  TriangleAlert,
};

export const Tokens = () => (
  <>
    <Sheet title="Surfaces and lines" files={[]}>
      {[...surfaces, ...accents].map((name) => (
        <Swatch key={name} name={name} />
      ))}
    </Sheet>
    <Sheet title="Text" files={['tone']}>
      {texts.map((name) => (
        <Specimen key={name} name={name}>
          <span className={name}>The door is open</span>
        </Specimen>
      ))}
      {sizes.map((name) => (
        <Specimen key={name} name={name}>
          <span className={name}>The door is open</span>
        </Specimen>
      ))}
      <Specimen name="font-mono">
        <span className="font-mono text-xs">DATABASE_URL</span>
      </Specimen>
      <Specimen name="caps">
        <span className="caps text-text-3">Environments</span>
      </Specimen>
    </Sheet>
    <Sheet title="Shape" files={[]}>
      {radii.map((name) => (
        <Specimen key={name} name={name}>
          <span className={`block size-10 border border-line-strong bg-raised ${name}`} />
        </Specimen>
      ))}
      <Specimen name="shadow-overlay">
        <span className="block size-10 rounded-lg bg-panel shadow-overlay" />
      </Specimen>
    </Sheet>
    <Sheet title="Icons" files={['mark']}>
      {Object.entries(icons).map(([name, Icon]) => (
        <Specimen key={name} name={name}>
          <Icon aria-hidden className="size-4" />
        </Specimen>
      ))}
      {(['size-4', 'size-7', 'size-11'] as const).map((size) => (
        <Specimen key={size} name={`Mark ${size}`}>
          <Mark className={size} />
        </Specimen>
      ))}
    </Sheet>
  </>
);
