import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useCommand } from '../../app/use-command';
import { IconButton } from '../../components/button';
import { laterComponent } from '../../lib/later';

const NewEnvironmentPopover = laterComponent(
  async () => (await import('./new-environment-popover')).NewEnvironmentPopover,
);

export function NewEnvironment() {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useCommand('new-environment', () => setOpen(true));
  return (
    <>
      <IconButton
        ref={button}
        label="New environment"
        size="sm"
        aria-haspopup="dialog"
        aria-expanded={open}
        className="aria-expanded:bg-line"
        onPress={() => setOpen(true)}
      >
        <Plus aria-hidden className="size-4" />
      </IconButton>
      {open ? <NewEnvironmentPopover triggerRef={button} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
