/** The name in `::highlight()` of the style sheet. */
const NAME = 'guide-search';

/**
 * Marks the words in the text of `root`, in any case, without changing the document. Returns how to remove the
 * marks. Without the API of 2022 (https://drafts.csswg.org/css-highlight-api-1/) nothing is marked.
 */
export function highlightWords(root: Element, words: readonly string[]): () => void {
  if (!('highlights' in CSS) || words.length === 0) return () => undefined;
  const ranges: Range[] = [];
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const text = (node.nodeValue ?? '').toLowerCase();
    for (const word of words) {
      for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
    }
  }
  CSS.highlights.set(NAME, new Highlight(...ranges));
  return () => void CSS.highlights.delete(NAME);
}
