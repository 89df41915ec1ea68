/** For tests: what is in the memory of a process and of those it started. Linux only. */
import { open, readFile, readdir } from 'node:fs/promises';
import { patternsOf } from './files-holding';

const CHUNK = 16 * 1024 * 1024;

/** The forms in which V8 or a buffer holds a text of ASCII that is in use. */
const formsInUse = (text: string): readonly Buffer[] => [
  Buffer.from(text, 'utf8'),
  Buffer.from(text, 'utf16le'),
];

/** The forms in which a library may have left a text. */
export const everyForm = (text: string): readonly Buffer[] => patternsOf(Buffer.from(text));

/** The process and everything below it. */
export async function processTree(root: number): Promise<readonly number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of all) {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
    // The name of the program, in brackets, can contain anything.
    const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent !== undefined) parents.set(pid, Number(parent));
  }
  const tree = [root];
  for (const pid of tree) {
    tree.push(...[...parents].filter(([, parent]) => parent === pid).map(([child]) => child));
  }
  return tree;
}

/** Which of the texts are in the memory of a process, in some form. A process that has ended holds nothing. */
export async function textsInMemory(
  pid: number,
  texts: readonly string[],
  formsOf: (text: string) => readonly Buffer[] = formsInUse,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const maps = await readFile(`/proc/${String(pid)}/maps`, 'utf8').catch(() => '');
  if (maps === '') return found;
  const needles = texts.flatMap((text) => formsOf(text).map((form) => ({ text, form })));
  const overlap = Math.max(...needles.map(({ form }) => form.byteLength)) - 1;
  const memory = await open(`/proc/${String(pid)}/mem`, 'r');
  const buffer = Buffer.alloc(CHUNK + overlap);
  try {
    for (const [start, end] of regionsIn(maps)) {
      let kept = 0;
      for (let at = start; at < end;) {
        const length = Math.min(CHUNK, end - at);
        const { bytesRead } = await memory
          .read(buffer, kept, length, at)
          // Nobody can read a page that nothing stands behind.
          .catch(() => ({ bytesRead: 0 }));
        if (bytesRead === 0) break;
        const seen = buffer.subarray(0, kept + bytesRead);
        for (const { text, form } of needles) if (seen.includes(form)) found.add(text);
        kept = Math.min(overlap, seen.byteLength);
        seen.copyWithin(0, seen.byteLength - kept);
        at += bytesRead;
      }
    }
  } finally {
    await memory.close();
  }
  return found;
}

/** The addresses that can be written or read, as pairs. */
const regionsIn = (maps: string): readonly (readonly [number, number])[] =>
  maps.split('\n').flatMap((line) => {
    const [, start = '', end = '', rest = ''] = /^([\da-f]+)-([\da-f]+) (r.*)$/.exec(line) ?? [];
    if (rest === '' || /\[(vvar|vsyscall|vdso)/.test(rest)) return [];
    return [[Number.parseInt(start, 16), Number.parseInt(end, 16)] as const];
  });
