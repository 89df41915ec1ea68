/**
 * Which error codes the sources really end with: those from which an `AppError` is made, directly or by
 * way of a table. A code that is only compared with, or listed, is not among them.
 */
import { walk, type Node, type Source } from './syntax';

interface Place {
  readonly part: Node;
  /** What takes the value of `part`. */
  readonly receiver: Node | undefined;
  readonly above: readonly Node[];
}

/** Where the value of an expression goes. Conditions, casts and parentheses pass it on. */
function placeOf(part: Node, [receiver, ...above]: readonly Node[]): Place {
  const passesOn =
    (receiver?.type === 'ConditionalExpression' && receiver.test !== part) ||
    receiver?.type === 'LogicalExpression' ||
    receiver?.type === 'ParenthesizedExpression' ||
    receiver?.type === 'TSAsExpression';
  return passesOn ? placeOf(receiver, above) : { part, receiver, above };
}

const isNamed = (node: Node | undefined, name: string): boolean =>
  node?.type === 'Identifier' && node.name === name;

const errorMadeBy = (node: Node | undefined) =>
  node?.type === 'NewExpression' && isNamed(node.callee, 'AppError')
    ? node.arguments[0]
    : undefined;

/** The results of `() => ['CODE', { hint }]` and `return ['CODE']`: a code, perhaps with its sentences. */
function isFinding({ part, receiver, above }: Place): boolean {
  if (receiver?.type !== 'ArrayExpression' || receiver.elements[0] !== part) return false;
  return isResult(placeOf(receiver, above).receiver);
}

const isResult = (receiver: Node | undefined): boolean =>
  receiver?.type === 'ReturnStatement' || receiver?.type === 'ArrowFunctionExpression';

const namesErrorCode = (type: Node | null | undefined): boolean => {
  let found = false;
  if (type) walk(type, (node) => (found ||= isNamed(node, 'ErrorCode')));
  return found;
};

/** `{ code: 'CODE' }`, or a value of a constant that is declared as a record of codes. */
function isInTable({ part, receiver, above }: Place): boolean {
  if (receiver?.type !== 'Property' || receiver.value !== part) return false;
  const [object, declarator] = above;
  return (
    isNamed(receiver.key, 'code') ||
    (object?.type === 'ObjectExpression' &&
      declarator?.type === 'VariableDeclarator' &&
      declarator.id.type === 'Identifier' &&
      namesErrorCode(declarator.id.typeAnnotation))
  );
}

/** The result of a function that is declared to return a code. */
function isResultOfCode({ receiver, above }: Place): boolean {
  if (!isResult(receiver)) return false;
  const maker = [receiver, ...above].find(
    (node) => node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionDeclaration',
  );
  return maker !== undefined && 'returnType' in maker && namesErrorCode(maker.returnType);
}

/** Functions of a file that make an error, or a finding, of their first argument. */
export function makersIn({ program }: Source): ReadonlySet<string> {
  const makers = new Set<string>();
  walk(program, (node) => {
    if (node.type !== 'VariableDeclarator' || node.init?.type !== 'ArrowFunctionExpression') return;
    const [first] = node.init.params;
    if (node.id.type !== 'Identifier' || first?.type !== 'Identifier') return;
    const maker = node.id.name;
    walk(node.init, (inner, ancestors) => {
      if (!isNamed(inner, first.name)) return;
      const place = placeOf(inner, ancestors);
      if (errorMadeBy(place.receiver) === place.part || isFinding(place)) makers.add(maker);
    });
  });
  return makers;
}

/** Constants of a file that an error is made from. */
function namesMadeIn({ program }: Source): ReadonlySet<string> {
  const names = new Set<string>();
  walk(program, (node) => {
    const code = errorMadeBy(node);
    if (code?.type === 'Identifier') names.add(code.name);
  });
  return names;
}

/** `shared` are the makers that other files export. */
export function thrownIn(
  source: Source,
  shared: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const makers = new Set([...makersIn(source), ...shared]);
  const made = namesMadeIn(source);
  const thrown = new Set<string>();
  walk(source.program, (node, ancestors) => {
    if (node.type !== 'Literal' || typeof node.value !== 'string') return;
    const place = placeOf(node, ancestors);
    const { part, receiver } = place;
    const isThrown =
      errorMadeBy(receiver) === part ||
      isFinding(place) ||
      isInTable(place) ||
      isResultOfCode(place) ||
      (receiver?.type === 'VariableDeclarator' &&
        receiver.id.type === 'Identifier' &&
        made.has(receiver.id.name)) ||
      (receiver?.type === 'CallExpression' &&
        receiver.arguments[0] === part &&
        receiver.callee.type === 'Identifier' &&
        makers.has(receiver.callee.name));
    if (isThrown) thrown.add(node.value);
  });
  return thrown;
}
