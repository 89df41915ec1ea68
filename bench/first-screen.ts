/** The JavaScript that the window loads before it shows anything. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { atMost, note } from './note';

export async function benchFirstScreen(): Promise<void> {
  const folder = resolve('out/renderer');
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const names = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, name = '']) => name);
  const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
  note({
    what: 'JavaScript of the first screen, compressed with gzip',
    against: '',
    figure: files.reduce((sum, file) => sum + gzipSync(file).length, 0) / 1000,
    unit: 'KB',
    target: atMost(220),
  });
}
