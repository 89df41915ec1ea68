import { providerIds } from '@shared/providers/descriptor';
import { describe, expect, it } from 'vitest';
import { settingsTabs } from '@shared/model/place';
import type { Route } from '../../app/navigation';
import { chapterIds, chapters, headings, placeOf, sectionsOf, type Place } from './guide';
import { topicOf, topics } from './topics';

const exists = ({ chapter, anchor }: Place): boolean => {
  const found = chapter === undefined ? undefined : chapters.get(chapter);
  return (
    found !== undefined &&
    (anchor === undefined ||
      found.blocks.some((block) => block.kind === 'heading' && block.anchor === anchor))
  );
};

const id = '';
const routes: readonly Route[] = [
  { screen: 'welcome' },
  { screen: 'unlock' },
  { screen: 'environment', id },
  { screen: 'compare' },
  { screen: 'requests' },
  { screen: 'push' },
  { screen: 'migrate', id },
  { screen: 'history', id },
  ...settingsTabs.map((tab): Route => ({ screen: 'settings', tab })),
];

describe('the guide in the window', () => {
  it('has a chapter for every file of docs/guide, and a file for every chapter', () => {
    const files = Object.keys(import.meta.glob('../../../../docs/guide/*.md'));
    const names = files.map((file) => file.replace(/^.*\/(.*)\.md$/, '$1'));
    expect(names.filter((name) => name !== 'README').toSorted()).toEqual(chapterIds.toSorted());
  });

  it.each(providerIds)('has a place for every page, with %s', (provider) => {
    for (const route of routes) expect(topicOf(route, provider)).toSatisfy(exists);
  });

  it('has a place for every part of a page with a help button', () => {
    for (const topic of Object.values(topics)) expect(topic).toSatisfy(exists);
  });

  it('can be searched by every chapter and section', () => {
    expect(headings.length).toBeGreaterThan(chapterIds.length * 2);
    for (const { place } of headings) expect(place).toSatisfy(exists);
  });

  it.each(providerIds)('has the set-up of %s in sections, to show next to its form', (provider) => {
    const sections = sectionsOf(provider);
    expect(sections.length).toBeGreaterThan(1);
    for (const { blocks } of sections) expect(blocks.length).toBeGreaterThan(0);
    const inChapter = chapters.get(provider)?.blocks.filter(({ kind }) => kind === 'code') ?? [];
    const inSections = sections.flatMap(({ blocks }) => blocks).filter((b) => b.kind === 'code');
    expect(inSections).toEqual(inChapter);
  });

  it('follows the links between chapters, and no others', () => {
    expect(placeOf('migrate.md', 'compare')).toEqual({ chapter: 'migrate', anchor: undefined });
    expect(placeOf('pull-and-push.md#push-all', 'compare')).toEqual({
      chapter: 'pull-and-push',
      anchor: 'push-all',
    });
    expect(placeOf('#pull-all', 'pull-and-push')).toEqual({
      chapter: 'pull-and-push',
      anchor: 'pull-all',
    });
    expect(placeOf('README.md', 'compare')).toEqual({});
    expect(placeOf('https://example.com', 'compare')).toBeUndefined();
    expect(placeOf('../security.md', 'compare')).toBeUndefined();
  });
});
