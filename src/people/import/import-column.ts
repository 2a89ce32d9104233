import { fieldOf, IMPORT_FIELDS, plainHeading, type ImportField } from './import-heading.ts';

/** A caller's options on columns. */
export interface ColumnOptions {
  /** Heading → field, `attributes.<name>` or `evidence.<name>`. */
  readonly mapping?: Readonly<Record<string, string>>;
  /** Headings to keep as attributes; `*` keeps every unknown one. */
  readonly attributes?: readonly string[];
}

/** The column of each field. */
export interface Columns {
  /** Positions by field, most reliable first: the first cell that is not empty counts. */
  readonly fields: Readonly<Partial<Record<ImportField, readonly number[]>>>;
  readonly attributes: readonly NamedColumn[];
  readonly evidence: readonly NamedColumn[];
  /** Headings that nobody asked for: their cells are not stored. */
  readonly ignored: readonly string[];
}

interface NamedColumn {
  readonly name: string;
  readonly at: number;
}

type Target =
  | { readonly kind: 'field'; readonly field: ImportField; readonly rank: number; readonly at: number }
  | { readonly kind: 'attributes' | 'evidence' | 'ignored'; readonly name: string; readonly at: number };

/** Recognizes a header row, in English and French. */
export function columnsOf(header: readonly string[], options: ColumnOptions = {}): Columns {
  const mapped = new Map(
    Object.entries(options.mapping ?? {}).map(([heading, target]) => [plainHeading(heading), target]),
  );
  const targets = header.map((heading, at) => targetOf({ heading, at }, mapped, options.attributes ?? []));
  const named = (kind: Target['kind']): NamedColumn[] =>
    targets.flatMap((target) =>
      target.kind === kind && 'name' in target ? [{ name: target.name, at: target.at }] : [],
    );
  return {
    fields: Object.fromEntries(
      IMPORT_FIELDS.map((field) => [field, positionsOf(field, targets)] as const).filter(
        ([, positions]) => positions.length > 0,
      ),
    ),
    attributes: named('attributes'),
    evidence: named('evidence'),
    ignored: named('ignored')
      .map(({ name }) => name)
      .filter((name) => name !== ''),
  };
}

function targetOf(
  { heading, at }: { readonly heading: string; readonly at: number },
  mapped: ReadonlyMap<string, string>,
  attributes: readonly string[],
): Target {
  const text = heading.trim();
  const meant = mapped.get(plainHeading(text));
  // The caller's mapping outranks the meaning of a heading.
  const known = fieldOf(meant ?? text);
  const prefixed = /^(attributes|evidence)\.(.+)$/i.exec(meant ?? text);
  if (prefixed !== null) {
    const kind = prefixed[1]?.toLowerCase() === 'evidence' ? 'evidence' : 'attributes';
    return { kind, name: prefixed[2]?.trim() ?? '', at };
  }
  if (known !== undefined)
    return { kind: 'field', field: known.field, rank: meant === undefined ? known.rank : -1, at };
  const kept = attributes.some((name) => name === '*' || plainHeading(name) === plainHeading(text));
  return { kind: kept && text !== '' ? 'attributes' : 'ignored', name: text, at };
}

function positionsOf(field: ImportField, targets: readonly Target[]): readonly number[] {
  const columns = targets.flatMap((target) =>
    target.kind === 'field' && target.field === field ? [target] : [],
  );
  const said = columns.filter(({ rank }) => rank === -1);
  return (said.length > 0 ? said : columns)
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ at }) => at);
}
