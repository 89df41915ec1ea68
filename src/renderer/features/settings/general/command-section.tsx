/** Settings → General: whether a terminal finds the command, and the link that makes it so. */
import type { CommandLink } from '@shared/model/command-link';
import { useEffect, useState, type ReactNode } from 'react';
import { useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { Button } from '@renderer/components/button';
import { CodeBlock } from '@renderer/components/code-block';
import { Section } from '@renderer/components/page';

/** `onKnown`: it does not change its height any more. */
export function CommandSection({ onKnown }: { readonly onKnown: () => void }) {
  const { client } = useStores();
  const [status, setStatus] = useState<CommandLink>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const run = async (call: () => Promise<CommandLink>): Promise<void> => {
    setBusy(true);
    try {
      setStatus(await call());
      setProblem(undefined);
    } catch (error) {
      setProblem(thrownLine(error));
    } finally {
      setBusy(false);
    }
  };

  useEffect(() => {
    let isShown = true;
    void client.app
      .command()
      .then(
        (found) => isShown && setStatus(found),
        (error: unknown) => isShown && setProblem(thrownLine(error)),
      )
      .finally(() => {
        if (isShown) onKnown();
      });
    return () => {
      isShown = false;
    };
  }, [client, onKnown]);

  const canInstall = status?.own !== undefined && status.link === undefined;
  return (
    <Section title="Command line">
      <output className="flex flex-col gap-1 text-text-2">
        {status === undefined ? null : <Found status={status} />}
      </output>
      {problem === undefined ? null : (
        <p role="alert" className="text-bad">
          {problem}
        </p>
      )}
      <div className="flex gap-2 empty:hidden">
        {canInstall && status.onPath?.isOwn !== true ? (
          <Button
            isBusy={busy}
            isDisabled={status.obstacle !== undefined}
            onPress={() => void run(() => client.app.installCommand())}
          >
            Install the command
          </Button>
        ) : null}
        {status?.link === undefined ? null : (
          <Button isBusy={busy} onPress={() => void run(() => client.app.removeCommand())}>
            Remove the command
          </Button>
        )}
      </div>
    </Section>
  );
}

const File = ({ children }: { readonly children: ReactNode }) => (
  <span className="font-mono text-xs break-all text-text">{children}</span>
);

function Found({
  status: { own, onPath, link, folder, obstacle },
}: {
  readonly status: CommandLink;
}) {
  return (
    <>
      {onPath === undefined ? (
        <p>A terminal does not find the command strongroom.</p>
      ) : onPath.isOwn ? (
        <p>
          A terminal finds the command strongroom: <File>{onPath.file}</File>
        </p>
      ) : (
        <p>
          A terminal starts the command of another installation: <File>{onPath.file}</File>
        </p>
      )}
      {own === undefined ? (
        <p>This Strongroom cannot link its command. Install the package strongroom with npm.</p>
      ) : null}
      {link === undefined && own !== undefined && folder !== undefined && obstacle === undefined ? (
        <p>
          Install creates a link in <File>{folder.path}</File>. It needs no administrator rights.
        </p>
      ) : null}
      {obstacle === undefined ? null : (
        <p>
          Another file is at <File>{obstacle}</File>. Strongroom does not overwrite it.
        </p>
      )}
      {own !== undefined && folder?.isOnPath === false ? (
        <>
          <p>
            <File>{folder.path}</File> is not on the PATH of a new terminal. Add this line to the
            start file of your shell, such as <File>~/.profile</File> or <File>~/.zshrc</File>:
          </p>
          <CodeBlock code={`export PATH="${folder.path}:$PATH"`} label="line for the shell" />
        </>
      ) : null}
      {link !== undefined && onPath !== undefined && !onPath.isOwn ? (
        <p>
          The link <File>{link}</File> comes later on the PATH.
        </p>
      ) : null}
    </>
  );
}
