/** The project's own lint rules, for oxlint. */
import { relative } from 'node:path';
import { root } from '../lib/paths.mjs';
import { refusal } from './rooms.mjs';

/** Words and turns that a native engineer would not write; what to write is in CONTRIBUTING.md. */
const stilted = [
  [/\banew\b/i, 'again'],
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\bof (one’s|one's|its|their) own\b/i, 'its own …'],
  [/\bis told\b/i, 'say who tells what'],
  [/\bspeaks? no\b/i, 'does not speak'],
  [/\bso many\b/i, 'the number, or “many”'],
  [/\bstands? (for|in|beside|at|there)\b/i, 'is'],
  [/\bnot of one piece\b/i, 'do not belong together'],
];

/** @type {any} */
const walls = {
  meta: { type: 'problem', docs: { description: 'Keeps imports to the arrows of rooms.mjs.' } },
  /** @param {any} context */
  create(context) {
    const file = relative(root, context.filename).replaceAll('\\', '/');
    /** @param {any} node */
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      const message = refusal(file, specifier);
      if (message !== undefined) context.report({ node: node.source, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

/** @type {any} */
const plainEnglish = {
  meta: { type: 'suggestion', docs: { description: 'Finds stilted words in comments.' } },
  /** @param {any} context */
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          for (const [pattern, better] of stilted) {
            const found = /** @type {RegExp} */ (pattern).exec(comment.value);
            if (found === null) continue;
            context.report({
              loc: comment.loc,
              message: `“${found[0]}” is stilted: write ${String(better)}.`,
            });
          }
        }
      },
    };
  },
};

export default {
  meta: { name: 'strongroom' },
  rules: { walls, 'plain-english': plainEnglish },
};
