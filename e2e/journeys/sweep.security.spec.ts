/** After a value was shown, edited and saved: where else is it than in memory? */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processTree, textsInMemory } from '@test/support/process-memory';
import { useCanaries } from './canaries';
import { expect, filesHolding, test as base } from './support';

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
  test.skip(host === 'desktop', 'The profile of the desktop app is in its data directory.');
  test.setTimeout(120_000);
  const planted = await useCanaries(ui, vault, 'a passphrase');
  const bytes = planted.map((each) => Buffer.from(each));
  const holding = async (): Promise<string[]> => {
    const found = await Promise.all(
      [dataDirectory, profile ?? '', temporary].map((each) => filesHolding(each, ...bytes)),
    );
    return found.flat();
  };
  // The browser does keep a profile, and the core does hold them: there is something to find.
  expect((await readdir(profile ?? '', { recursive: true })).length).toBeGreaterThan(5);
  const pids = await processTree(app.pid);
  const inMemory = await Promise.all(pids.map((pid) => textsInMemory(pid, planted)));
  expect(new Set(inMemory.flatMap((texts) => [...texts]))).toEqual(new Set(planted));
  expect(await holding(), 'In use').toEqual([]);
  const said = `${await argumentsAndEnvironment(app.pid)}${app.output}`;
  expect(said).toContain('browser.js');
  expect(planted.filter((each) => said.includes(each))).toEqual([]);
  await app.quit();
  expect(await holding(), 'After quitting').toEqual([]);
  expect(planted.filter((each) => app.output.includes(each))).toEqual([]);
});
