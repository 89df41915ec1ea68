/**
 * `npm run icons`: draws the icon in the sizes and formats that packages need. Small sizes use the mark,
 * which is simple enough to be recognised at 16 px.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ensureBrowser } from './ensure-browser.mjs';
import { icnsTypes, toIcns, toIco } from './lib/icon-files.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/say.mjs';

const resources = join(root, 'resources');
const large = readFileSync(join(resources, 'icon.svg'), 'utf8');
const small = readFileSync(join(root, 'src', 'renderer', 'public', 'icon.svg'), 'utf8');
const SMALL_UP_TO = 32;
const icoSizes = [16, 24, 32, 48, 64, 128, 256];

const isRoot = process.getuid?.() === 0;
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  // Chromium refuses to run its sandbox as root.
  args: isRoot ? ['--no-sandbox'] : [],
});
const page = await browser.newPage();

/** @param {number} size */
async function draw(size) {
  await page.setViewportSize({ width: size, height: size });
  const source = size <= SMALL_UP_TO ? small : large;
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${source}`,
  );
  return page.screenshot({ omitBackground: true });
}

/** @type {Map<number, Buffer>} */
const pngs = new Map();
for (const size of new Set([...icoSizes, ...icnsTypes.map(([, pixels]) => pixels)])) {
  pngs.set(size, await draw(size));
}
await browser.close();

/**
 * @param {string} name
 * @param {Buffer | undefined} content
 */
function write(name, content) {
  if (content === undefined) throw new Error(`${name} was not drawn.`);
  writeFileSync(join(resources, name), content);
  say(`resources/${name}: ${String(content.length)} bytes`);
}

write('icon.png', pngs.get(1024));
write(
  'icon.ico',
  toIco(icoSizes.flatMap((size) => ({ size, png: pngs.get(size) ?? Buffer.of() }))),
);
write('icon.icns', toIcns(pngs));
