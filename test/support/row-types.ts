import { subscribe } from 'node:diagnostics_channel';
import { types } from 'pg';
import { entities } from '../../src/platform/database/entities.ts';
import type { CheckedResult, Kind, ResultColumn } from '../../src/platform/database/row-type.ts';

/** What each type of a property arrives as, once a statement of ours returned it. */
const OF_PROPERTY: Readonly<Record<string, Kind>> = {
  UuidType: 'text',
  TextType: 'text',
  StringType: 'text',
  DecimalType: 'text',
  InstantType: 'text',
  OpenedText: 'text',
  DateType: 'text',
  IntegerType: 'number',
  SmallIntType: 'number',
  DoubleType: 'number',
  BooleanType: 'boolean',
  BlobType: 'bytes',
  JsonType: 'json',
  ArrayType: 'list',
};

const { builtins } = types;
const NUMBERS: readonly number[] = [builtins.INT2, builtins.INT4, builtins.FLOAT4, builtins.FLOAT8];
const BOOLEANS: readonly number[] = [builtins.BOOL];
const BYTES: readonly number[] = [builtins.BYTEA];
const JSONS: readonly number[] = [builtins.JSON, builtins.JSONB];
const LISTS: readonly number[] = [1000, 1001, 1005, 1007, 1009, 1015, 1016, 1231, 2951];
/** What the driver makes objects of: no statement of ours returns them. */
const DATES: readonly number[] = [
  builtins.DATE,
  builtins.TIMESTAMP,
  builtins.TIMESTAMPTZ,
  builtins.INTERVAL,
  1115,
  1182,
  1185,
];

interface Expected {
  readonly kind: Kind;
  readonly nullable: boolean;
}

const declared = new Map<string, Expected>(
  entities.flatMap(({ meta }) =>
    Object.entries(meta.properties).map(([name, property]): [string, Expected] => [
      `${meta.tableName}.${name}`,
      { kind: kindOf(property.type), nullable: property.nullable === true },
    ]),
  ),
);

function kindOf(type: unknown): Kind {
  const name = typeof type === 'function' ? type.name : (type?.constructor.name ?? '');
  if (name === 'BigIntType')
    return type instanceof Object && 'mode' in type && type.mode === 'number' ? 'number' : 'text';
  const kind = OF_PROPERTY[name];
  if (kind === undefined) throw new Error(`no kind for ${name}`);
  return kind;
}

function expected({ source, nullable }: ResultColumn<unknown>): Expected | undefined {
  if ('kind' in source) return { kind: source.kind, nullable: nullable === true };
  const property = declared.get(`${source.table}.${source.property}`);
  return property && { kind: property.kind, nullable: nullable ?? property.nullable };
}

/** Whether a column that PostgreSQL describes so arrives as what the row type says. */
function arrivesAs(kind: Kind, type: number): boolean {
  if (kind === 'number') return NUMBERS.includes(type);
  if (kind === 'boolean') return BOOLEANS.includes(type);
  if (kind === 'bytes') return BYTES.includes(type);
  if (kind === 'json') return JSONS.includes(type);
  if (kind === 'list') return LISTS.includes(type) || JSONS.includes(type);
  const others = [...NUMBERS, ...JSONS, ...LISTS, ...DATES, ...BOOLEANS, ...BYTES];
  return !others.includes(type);
}

/** In what a result differs from its row type. */
function faultsOf({ columns, fields, rows }: Omit<CheckedResult, 'text'>): string[] {
  const returned = new Map(fields.map(({ name, dataTypeID }) => [name, dataTypeID]));
  const surplus = [...returned.keys()].filter((name) => !(name in columns));
  const named = Object.entries(columns).flatMap(([name, column]) => {
    const type = returned.get(name);
    if (type === undefined) return [`${name}: not returned`];
    const { kind, nullable } = expected(column) ?? { kind: 'text', nullable: false };
    if (expected(column) === undefined) return [`${name}: no such property`];
    if (!arrivesAs(kind, type)) return [`${name}: ${kind} expected, PostgreSQL’s type is ${type}`];
    return !nullable && rows.some((row) => row instanceof Object && Reflect.get(row, name) === null)
      ? [`${name}: null, which the row type does not know`]
      : [];
  });
  return [...surplus.map((name) => `${name}: not in the row type`), ...named];
}

const faults = new Set<string>();
let checked = 0;

subscribe('bonheure:rows', (result) => {
  checked += 1;
  const { text, ...described } = result as CheckedResult;
  for (const fault of faultsOf(described))
    faults.add(`${fault}, in ${text.trim().replaceAll(/\s+/g, ' ').slice(0, 200)}`);
});

/** How many results were compared with their row type so far. */
export const checkedResults = (): number => checked;

/** What differed since this was asked last. */
export function takeRowFaults(): string[] {
  const found = [...faults];
  faults.clear();
  return found;
}
