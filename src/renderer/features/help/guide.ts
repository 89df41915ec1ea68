/** The guide, docs/guide, built into the window. */
import { readMarkdown, type Block } from './markdown';

/** The chapters in reading order; each is a file of docs/guide. */
export const chapterIds = [
  'choosing-a-provider',
  'hashicorp-vault',
  'aws-secrets-manager',
  'aws-parameter-store',
  'google-secret-manager',
  'azure-key-vault',
  'local-vault',
  'plain-files',
  'testing-the-connection',
  'pull-and-push',
  'editing',
  'synced-environments',
  'migrate',
  'compare',
  'expected-variables',
  'workspaces',
  'references',
  'import-and-export',
  'command-line',
  'run-and-inject',
  'requests',
  'serve',
  'declared-vaults',
  'commands',
  'library',
  'storage',
  'keyboard',
  'troubleshooting',
  'errors',
] as const;
export type ChapterId = (typeof chapterIds)[number];

interface Chapter {
  readonly id: ChapterId;
  readonly title: string;
  /** Without its title. */
  readonly blocks: readonly Block[];
}

/** A place in the guide: without a chapter the list of chapters, without an anchor the start of a chapter. */
export interface Place {
  readonly chapter?: ChapterId | undefined;
  readonly anchor?: string | undefined;
}

const files = import.meta.glob<string>('../../../../docs/guide/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});

function readChapter(id: ChapterId): Chapter {
  const source = files[`../../../../docs/guide/${id}.md`];
  if (source === undefined) throw new Error(`The guide has no chapter ${id}.`);
  const [title, ...blocks] = readMarkdown(source);
  if (title?.kind !== 'heading' || title.level !== 1) {
    throw new Error(`The chapter ${id} does not begin with its title.`);
  }
  return { id, title: title.text, blocks };
}

export const chapters: ReadonlyMap<ChapterId, Chapter> = new Map(
  chapterIds.map((id) => [id, readChapter(id)]),
);

interface ChapterSection {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** The sections of a chapter, without its introduction. */
export function sectionsOf(id: ChapterId): readonly ChapterSection[] {
  const blocks = chapters.get(id)?.blocks ?? [];
  const starts = blocks.flatMap((block, at) =>
    block.kind === 'heading' && block.level === 2 ? [{ title: block.text, at }] : [],
  );
  return starts.map(({ title, at }, index) => ({
    title,
    blocks: blocks.slice(at + 1, starts[index + 1]?.at),
  }));
}

const isChapter = (text: string): text is ChapterId => chapterIds.some((id) => id === text);

/** The place that a link in a chapter leads to; `undefined` if it leads out of the guide. */
export function placeOf(link: string, from: ChapterId | undefined): Place | undefined {
  const match = /^([A-Za-z-]+\.md)?(?:#(.+))?$/.exec(link);
  if (match === null) return undefined;
  const [, file, anchor] = match;
  if (file === 'README.md') return {};
  const chapter = file?.replace(/\.md$/, '') ?? from;
  return chapter !== undefined && isChapter(chapter) ? { chapter, anchor } : undefined;
}

/** The entries of a search: each chapter, and each of its sections. */
export const headings: readonly {
  readonly title: string;
  readonly chapter: string;
  readonly place: Place;
}[] = [...chapters.values()].flatMap(({ id, title, blocks }) => [
  { title, chapter: title, place: { chapter: id } },
  ...blocks.flatMap((block) =>
    block.kind === 'heading' && block.level === 2
      ? [{ title: block.text, chapter: title, place: { chapter: id, anchor: block.anchor } }]
      : [],
  ),
]);
