import { TableLayout, type TableLayoutProps } from 'react-aria-components';

/** The contents that make rows taller, by row id. A new content is a new entry. */
export type TallRows = ReadonlyMap<string, unknown>;

interface TallRowsOptions extends TableLayoutProps {
  readonly tall: TallRows;
}

const none: TallRows = new Map();

type Base = TableLayout<unknown, TallRowsOptions>;

/**
 * Rows of one height, except a few that are measured. React Aria measures either no row or each row that
 * comes into view; with thousands of rows, measuring costs more than drawing.
 */
export class TallRowsLayout extends TableLayout<unknown, TallRowsOptions> {
  #tall = none;

  override shouldInvalidateLayoutOptions(next: TallRowsOptions, last: TallRowsOptions): boolean {
    return next.tall !== last.tall || super.shouldInvalidateLayoutOptions(next, last);
  }

  override update(context: Parameters<Base['update']>[0]): void {
    const tall = context.layoutOptions?.tall ?? none;
    for (const id of new Set([...tall.keys(), ...this.#tall.keys()])) {
      if (tall.get(id) !== this.#tall.get(id)) this.#forget(id);
    }
    this.#tall = tall;
    super.update(context);
  }

  protected override buildCell(
    ...args: Parameters<Base['buildCell']>
  ): ReturnType<Base['buildCell']> {
    const cell = super.buildCell(...args);
    const [{ parentKey }] = args;
    if (!this.#tall.has(String(parentKey))) {
      cell.layoutInfo.rect.height = this.getEstimatedRowHeight();
      cell.layoutInfo.estimatedSize = false;
    }
    return cell;
  }

  /** A row that was forgotten is measured again at the next layout. */
  #forget(id: string): void {
    for (const cell of this.layoutNodes.get(id)?.children ?? []) {
      this.layoutNodes.delete(cell.layoutInfo.key);
    }
    this.layoutNodes.delete(id);
  }
}

/** The same, with the first column in sight while the others scroll. */
export class StickyFirstLayout extends TallRowsLayout {
  protected override isStickyColumn(node: Parameters<Base['isStickyColumn']>[0]): boolean {
    return node.index === 0;
  }
}
