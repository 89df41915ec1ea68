import type { AppInfo } from '@shared/model/app-info';
import { useStores } from '@renderer/app/stores';
import { CopyButton } from '@renderer/components/copy-button';
import { Mark } from '@renderer/components/mark';
import { TabBody } from '../tab-body';
import { Licences } from './licences';

const hosts = {
  desktop: 'Desktop window',
  browser: 'Browser window, served on this computer',
  serve: 'Server for other machines',
  cli: 'Command line',
} as const;

/** The versions to include in a problem report. */
const report = ({ name, version, host, runtimes }: AppInfo): string =>
  [
    `${name} ${version}`,
    hosts[host],
    ...runtimes.map((runtime) => `${runtime.name} ${runtime.version}`),
  ].join('\n');

export function AboutTab() {
  const { info } = useStores();
  return (
    <TabBody>
      <div className="flex flex-wrap items-center gap-x-3.5 gap-y-2">
        <Mark className="size-11 shrink-0" />
        <div className="min-w-48 flex-1">
          <h2 className="text-lg font-semibold">{info.name}</h2>
          <p className="text-text-2">
            The variables of your environments, with the values in your secrets manager.
          </p>
        </div>
        <CopyButton size="sm" label="Copy versions" text={() => report(info)} />
      </div>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-6 gap-y-2">
        <dt className="text-text-2">Version</dt>
        <dd className="font-mono text-xs select-text">{info.version}</dd>
        <dt className="text-text-2">Runs as</dt>
        <dd>{hosts[info.host]}</dd>
        {info.runtimes.map(({ name, version }) => (
          <div key={name} className="contents">
            <dt className="text-text-2">{name}</dt>
            <dd className="font-mono text-xs select-text">{version}</dd>
          </div>
        ))}
        <dt className="text-text-2">Data directory</dt>
        <dd className="flex min-w-0 flex-wrap items-center gap-2">
          <span className="min-w-0 font-mono text-xs break-all select-text">
            {info.dataDirectory}
          </span>
          <CopyButton size="sm" label="Copy path" text={() => info.dataDirectory} />
        </dd>
        <dt className="text-text-2">Licence</dt>
        <dd>MIT</dd>
      </dl>
      <Licences />
    </TabBody>
  );
}
