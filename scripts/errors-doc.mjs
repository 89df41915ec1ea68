/**
 * `npm run docs:errors`: writes docs/guide/errors.md from the table of errors, so that guide and app agree.
 */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { root } from './lib/paths.mjs';
import { importTs } from './run-ts.mjs';

const INTRO = `# Messages and what to do

Every message that Strongroom has for a failure, with its likely cause and what to do about it. If more is
known at the moment, the message says so instead. The name after a message is also in the details of the
error, for looking it up.
`;

const HEAD = `| What happened | Likely cause | What to do |
| --- | --- | --- |`;

/** @type {Readonly<Record<import('../src/shared/errors/index').ErrorArea, string>>} */
const headings = {
  network: 'Network',
  tls: 'TLS and certificates',
  proxy: 'Proxies',
  authentication: 'Credentials',
  permission: 'Permissions',
  configuration: 'Settings of the connection',
  server: 'The server',
  secret: 'Secrets',
  workspace: 'Workspaces and environments',
  grant: 'Requests with a grant',
  input: 'Input',
  run: 'Work under way',
  key: 'The key of stored credentials',
  storage: 'Files on this computer',
  internal: 'Strongroom itself',
};

/** The page as it should be. */
export async function renderErrorsPage() {
  /** @type {typeof import('../src/shared/errors/index')} */
  const { errorAreas, errorCodes, rowOf } = await importTs('src/shared/errors/index.ts');
  /** @type {typeof import('../src/shared/providers/index')} */
  const { providerDescriptors } = await importTs('src/shared/providers/index.ts');
  /** @type {typeof import('../src/shared/providers/descriptor')} */
  const { fieldNamed } = await importTs('src/shared/providers/descriptor.ts');
  /** @type {{ placeOf(remedy: import('../src/shared/errors/index').Remedy): string | undefined }} */
  const { placeOf } = await importTs('src/renderer/lib/advice.ts');

  /**
   * The labels of a field: providers may name it differently.
   *
   * @param {string | undefined} field
   */
  const labelsOf = (field) => [
    ...new Set(
      Object.values(providerDescriptors).flatMap((each) => fieldNamed(each, field)?.label ?? []),
    ),
  ];

  /** @param {import('../src/shared/errors/index').Remedy | undefined} remedy */
  const inTheWindow = (remedy) => {
    const place = remedy && placeOf(remedy);
    if (place === undefined) return '';
    const labels = remedy && 'field' in remedy ? labelsOf(remedy.field) : [];
    const field = labels.length === 0 ? '' : `, ${labels.join(' or ')}`;
    return ` In the window: **${place}**${field}.`;
  };

  const chapters = errorAreas.map((area) => {
    const rows = errorCodes
      .filter((code) => rowOf(code).area === area)
      .map((code) => {
        const { message, cause = '', hint, remedy } = rowOf(code);
        return `| **${message}** \`${code}\` | ${cause} | ${hint}${inTheWindow(remedy)} |`;
      });
    return `\n## ${headings[area]}\n\n${HEAD}\n${rows.join('\n')}\n`;
  });
  return format(`${INTRO}${chapters.join('')}`, { parser: 'markdown', printWidth: 100 });
}

export const errorsPage = join(root, 'docs', 'guide', 'errors.md');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(errorsPage, await renderErrorsPage());
  process.stdout.write(`${relative(process.cwd(), errorsPage)}\n`);
}
