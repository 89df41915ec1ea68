/** CodeMirror, set up for `.env` text. Loaded when text editing opens. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, RangeSetBuilder, type Extension } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  drawSelection,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';

interface Props {
  readonly label: string;
  readonly initial: string;
  readonly onChange: (text: string) => void;
  /** Takes what a person copies or cuts, instead of the browser. */
  readonly onCopy: (text: string) => void;
  /** Lines to mark, from 1. */
  readonly problemLines: readonly number[];
  readonly describedBy: string;
}

const dotenvLanguage = StreamLanguage.define<{ quote: string | undefined }>({
  startState: () => ({ quote: undefined }),
  token: (stream, state) => {
    if (state.quote !== undefined) {
      let escaped = false;
      for (let next = stream.next(); next !== undefined; next = stream.next()) {
        if (next === state.quote && !escaped) {
          state.quote = undefined;
          break;
        }
        escaped = next === '\\' && !escaped && state.quote === '"';
      }
      return 'string';
    }
    if (stream.sol() && stream.match(/^\s*#.*/)) return 'comment';
    if (stream.sol() && stream.match(/^\s*export(?=\s)/)) return 'keyword';
    if (stream.match(/^\s*[^\s=#'"`][^\s=]*(?=\s*=)/)) return 'propertyName';
    if (stream.match(/^\s*=\s*/)) return 'operator';
    const quote = stream.peek();
    if (quote !== undefined && `'"\``.includes(quote)) {
      stream.next();
      state.quote = quote;
      return 'string';
    }
    if (stream.match(/^\s+#.*/)) return 'comment';
    stream.match(/^[^#\s]+|^\s+|^./);
    return 'string';
  },
});

const highlighting = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--text)', fontWeight: '600' },
  { tag: tags.operator, color: 'var(--text-3)' },
  { tag: tags.keyword, color: 'var(--text-3)' },
  { tag: tags.comment, color: 'var(--text-3)', fontStyle: 'italic' },
  { tag: tags.string, color: 'var(--text-2)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--raised)', color: 'var(--text)' },
  // The frame around the editor shows the focus: an outline would be hidden by the gutter.
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', fontSize: '0.75rem', lineHeight: '1.25rem' },
  '.cm-content': { padding: '0.5rem 0', caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': {
    backgroundColor: 'var(--sunken)',
    color: 'var(--text-3)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 0.6rem 0 0.9rem' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 50%, transparent)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--brass-fill) 40%, transparent) !important',
  },
  '.cm-problem': { backgroundColor: 'var(--warn-wash)', boxShadow: 'inset 3px 0 0 var(--warn)' },
});

/** The nonce of this page. Without it the page's policy refuses the editor's styles. */
const pageNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

const problemLine = Decoration.line({ class: 'cm-problem' });

function marked(lines: readonly number[]): Extension {
  return EditorView.decorations.of((view) => {
    const builder = new RangeSetBuilder<Decoration>();
    for (const line of [...new Set(lines)].toSorted((a, b) => a - b)) {
      if (line > view.state.doc.lines) continue;
      const { from } = view.state.doc.line(line);
      builder.add(from, from, problemLine);
    }
    return builder.finish();
  });
}

/** What is copied: the selection, or the line of the caret. */
function copiedFrom({ state }: EditorView): {
  readonly text: string;
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
} {
  const selected = state.selection.ranges.filter(({ empty }) => !empty);
  if (selected.length > 0) {
    const text = selected.map(({ from, to }) => state.sliceDoc(from, to)).join('\n');
    return { text, ranges: selected };
  }
  const { from, to, text } = state.doc.lineAt(state.selection.main.head);
  return { text: `${text}\n`, ranges: [{ from, to: Math.min(to + 1, state.doc.length) }] };
}

/** Copying and cutting through `onCopy`, so that the clipboard is emptied later. */
const copying = (onCopy: (text: string) => void): Extension =>
  EditorView.domEventHandlers({
    copy: (event, editor) => {
      event.preventDefault();
      onCopy(copiedFrom(editor).text);
      return true;
    },
    cut: (event, editor) => {
      event.preventDefault();
      const { text, ranges } = copiedFrom(editor);
      onCopy(text);
      editor.dispatch({ changes: [...ranges], userEvent: 'delete.cut', scrollIntoView: true });
      return true;
    },
  });

export function CodeEditor({ label, initial, onChange, onCopy, problemLines, describedBy }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const problems = useRef(new Compartment());
  const latest = useRef({ onChange, onCopy });
  const first = useRef({ label, initial, describedBy });

  useEffect(() => {
    latest.current = { onChange, onCopy };
  });

  useEffect(() => {
    if (frame.current === null) return undefined;
    const begin = first.current;
    const editor = new EditorView({
      parent: frame.current,
      state: EditorState.create({
        doc: begin.initial,
        extensions: [
          EditorView.cspNonce.of(pageNonce()),
          lineNumbers(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          dotenvLanguage,
          syntaxHighlighting(highlighting),
          look,
          EditorView.lineWrapping,
          // Tab leaves the editor, for people without a mouse.
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({
            'aria-label': begin.label,
            'aria-describedby': begin.describedBy,
            spellcheck: 'false',
            autocorrect: 'off',
            autocapitalize: 'off',
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
          copying((text) => latest.current.onCopy(text)),
          problems.current.of([]),
        ],
      }),
    });
    view.current = editor;
    editor.focus();
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: problems.current.reconfigure(marked(problemLines)) });
  }, [problemLines]);

  return <div ref={frame} className="h-full min-h-0" />;
}
