/** After a value was shown, edited and saved: where else is it than in memory? */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  abortWithCoreDump,
  coreDumpsIn,
  dumpedMemory,
  whyNoCoreDumps,
} from '@test/support/core-dumps';
import { processTree, textsInMemory } from '@test/support/process-memory';
import { useCanaries } from './canaries';
import { coreOf, expect, filesHolding, test as base } from './support';

interface SweepFixtures {
  /** For all temporary files of the app. */
  temporary: string;
}

const folder = async (use: (path: string) => Promise<void>): Promise<void> => {
  const path = await mkdtemp(join(tmpdir(), 'strongroom-sweep-'));
  await use(path);
  await rm(path, { recursive: true, force: true });
};

const test = base.extend<SweepFixtures>({
  temporary: async ({}, use) => folder(use),
  profile: async ({}, use) => folder(use),
  appEnv: async ({ temporary }, use) => use({ TMPDIR: temporary }),
});

/** The arguments and the environment of every process of the app and of its browser, as one text. */
async function argumentsAndEnvironment(pid: number): Promise<string> {
  const pids = [...(await processTree(pid)), ...(await processTree(process.pid))];
  const files = pids.flatMap((each) => [
    `/proc/${String(each)}/cmdline`,
    `/proc/${String(each)}/environ`,
  ]);
  const texts = await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')));
  return texts.join('\n');
}

test.skip(process.platform !== 'linux', 'Only Linux shows the environment of a process as a file.');

test('no canary is in a file, a profile, an argument, an environment or the output', async ({
  app,
  dataDirectory,
  host,
  profile,
  temporary,
  ui,
  vault,
}) => {
  test.setTimeout(120_000);
  const planted = await useCanaries(ui, vault, 'a passphrase');
  const bytes = planted.map((each) => Buffer.from(each));
  // That of the desktop app is in its data directory, and lasts as long as it runs.
  const kept = host === 'desktop' ? join(dataDirectory, 'window') : (profile ?? '');
  const holding = async (): Promise<string[]> => {
    const found = await Promise.all(
      [dataDirectory, kept, temporary].map((each) => filesHolding(each, ...bytes)),
    );
    return found.flat();
  };
  // The browser does keep a profile, and the core does hold them: there is something to find.
  expect((await readdir(kept, { recursive: true })).length).toBeGreaterThan(5);
  const pids = await processTree(app.pid);
  const inMemory = await Promise.all(pids.map((pid) => textsInMemory(pid, planted)));
  expect(new Set(inMemory.flatMap((texts) => [...texts]))).toEqual(new Set(planted));
  const holders = pids.filter((_, index) => (inMemory[index]?.size ?? 0) > 0);
  expect(holders.map(dumpedMemory), 'In core dumps').toEqual(holders.map(() => '00000000'));
  expect(await holding(), 'In use').toEqual([]);
  const said = `${await argumentsAndEnvironment(app.pid)}${app.output}`;
  expect(said).toContain(`--data-dir${host === 'desktop' ? '=' : '\0'}${dataDirectory}`);
  expect(planted.filter((each) => said.includes(each))).toEqual([]);
  await app.quit();
  expect(await holding(), 'After quitting').toEqual([]);
  // On its way out, Chromium may write once more what it knows of the protocols of servers.
  const left = host === 'desktop' ? await readdir(kept) : [];
  expect(left.filter((name) => name !== 'Network Persistent State')).toEqual([]);
  expect(planted.filter((each) => app.output.includes(each))).toEqual([]);
});

test('no canary is in a core dump', async ({ app, dataDirectory, host, ui, vault }) => {
  test.skip(host === 'desktop', 'The desktop app runs in the folder of the project.');
  const obstacle = whyNoCoreDumps();
  test.skip(obstacle !== undefined, obstacle);
  test.setTimeout(120_000);
  const planted = await useCanaries(ui, vault, 'a passphrase');
  const core = await coreOf(app);
  expect(await textsInMemory(core, planted)).toEqual(new Set(planted));
  abortWithCoreDump(core);
  await expect(ui.page.getByRole('heading', { name: 'Strongroom has stopped' })).toBeVisible();
  expect(coreDumpsIn(dataDirectory)).toHaveLength(1);
  expect(await filesHolding(dataDirectory, ...planted.map((each) => Buffer.from(each)))).toEqual(
    [],
  );
});
