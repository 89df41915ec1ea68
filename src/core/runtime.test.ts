/** Only the runtime asks the machine for time, chance and environment; nothing else touches the process. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const core = new URL('.', import.meta.url);

/** A socket and a session have timers too, which are no clock. */
const FROM_THE_MACHINE =
  /Date\.now|new Date\(\)|performance\.now|Math\.random|(?<!socket\.|session\.)\bset(?:Timeout|Interval)\b|timers\/promises|process\.env/;
/** Signal 0 only asks whether a process runs. */
const ON_THE_PROCESS =
  /process\.(?:on|once|addListener|exit|kill(?!\(\w+, 0\))|abort|chdir|umask|title)\b/;

/** Removes comments and the bodies of template texts, such as the program of a child process. */
const codeOf = (text: string): string =>
  text.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '').replaceAll(/= `\n[^`]*`/g, '');

it.each([
  ['asks for time, chance or environment', FROM_THE_MACHINE, ['runtime.ts']],
  ['listens to the process or ends it', ON_THE_PROCESS, []],
] as const)('no other file of the core %s', (_, pattern, allowed: readonly string[]) => {
  const files = readdirSync(fileURLToPath(core), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(files).toContain('runtime.ts');
  const found = files.filter((name) =>
    pattern.test(codeOf(readFileSync(new URL(name, core), 'utf8'))),
  );
  expect(found).toEqual(allowed);
});
