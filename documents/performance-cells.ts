/** What a bench measured, by name. */
export type Figures = Readonly<Record<string, string | number>>;

/** What a bench kept. */
export interface Result {
  readonly bench: string;
  readonly machine: string;
  readonly loadBefore?: number;
  readonly figures: Figures;
}

/** A line of a table. */
export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A figure as people read it. */
export const shown = (value: string | number | undefined): string =>
  typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 3 }) : (value ?? '–');
