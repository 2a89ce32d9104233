import { p, Type, wrap, type EntityMetadata, type Opt } from '@mikro-orm/core';
import { ifOpens, type Place } from '../../crypto/index.ts';

/** Seals and opens with the keys of one tenant. */
export interface TenantSealer {
  seal(place: Omit<Place, 'tenant'>, plain: string): Buffer;
  open(place: Omit<Place, 'tenant'>, sealed: Buffer): Buffer;
}

/** The type of a property that holds the text of a sealed column; the ciphertext is in the property named `column`. */
class OpenedText extends Type {
  readonly column: string;

  constructor(column: string) {
    super();
    this.column = column;
  }
}

/**
 * A column of ciphertexts. Code sets the text in the property that is `openedFrom` it, and the entity manager seals
 * it.
 */
export const sealedColumn = () => p.blob().$type<Opt<Buffer>>();

/** The text of a sealed column: opened when its row is read, sealed when it is written; null where it does not open. */
export const openedFrom = (column: string) =>
  p.type(new OpenedText(column)).$type<string>().strictNullable().persist(false);

/** The texts of each row, as they were last read or sealed. */
const known = new WeakMap<object, Map<string, unknown>>();

/** Opens the sealed columns of a row that was read. */
export function openSealed(row: object, sealer: TenantSealer | undefined): void {
  for (const { name, sealed, place } of openedOf(row)) {
    const bytes: unknown = Reflect.get(row, sealed);
    const opened = Buffer.isBuffer(bytes) ? ifOpens(() => needed(sealer).open(place, bytes)) : undefined;
    remember(row, name, opened?.toString('utf8') ?? null);
  }
}

/** Seals the texts of a row that were changed since they were last read or sealed. */
export function sealChanged(row: object, sealer: TenantSealer | undefined): void {
  for (const { name, sealed, place } of openedOf(row)) {
    const text: unknown = Reflect.get(row, name);
    if (text === undefined || known.get(row)?.get(name) === text) continue;
    Reflect.set(row, sealed, typeof text === 'string' ? needed(sealer).seal(place, text) : null);
    remember(row, name, text);
  }
}

function remember(row: object, name: string, text: unknown): void {
  Reflect.set(row, name, text);
  const texts = known.get(row) ?? new Map<string, unknown>();
  known.set(row, texts.set(name, text));
}

/** Thrown for a sealed property of entities that were asked for without keys: a fault of the caller. */
class KeysMissing extends Error {
  override readonly name = 'KeysMissing';
}

function needed(sealer: TenantSealer | undefined): TenantSealer {
  if (sealer === undefined) throw new KeysMissing('a sealed property needs the keys of its tenant');
  return sealer;
}

/** A property that holds a text, the property of its ciphertext, and the name of that column. */
interface OpenedProperty {
  readonly name: string;
  readonly sealed: string;
  readonly column: string;
}

const openedProperties = new WeakMap<object, readonly OpenedProperty[]>();

function openedOf(row: object) {
  const meta: EntityMetadata<object> = wrap(row, true).__meta;
  const found =
    openedProperties.get(meta) ??
    meta.props.flatMap(({ name, customType }) => {
      if (!(customType instanceof OpenedText)) return [];
      const { column: sealed } = customType;
      const columns = meta.props.find((property) => property.name === sealed)?.fieldNames ?? [];
      return columns.map((column) => ({ name, sealed, column }));
    });
  openedProperties.set(meta, found);
  return found.map(({ name, sealed, column }) => ({
    name,
    sealed,
    place: { table: meta.tableName, column, row: String(Reflect.get(row, 'id')) },
  }));
}

class InstantType extends Type {
  override getColumnType(): string {
    return 'timestamptz(6)';
  }
}

/** An instant, as ISO text in JavaScript; by itself the ORM would make it a `Date`. */
export const instantColumn = () => p.type(InstantType).runtimeType('string');
