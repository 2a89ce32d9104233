import { z } from 'zod';
import { parsed } from './input-error.ts';

/** Wraps a schema so that the body is parsed later, once it is known which unknown fields may be dropped; documented as `schema`. */
export function lenient(schema: z.ZodType): z.ZodType {
  return z.unknown().meta({
    override: ({ jsonSchema }: { jsonSchema: object }) => {
      const { $schema: _, ...shown } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      Object.assign(jsonSchema, shown);
    },
  });
}

/** A parsed body, and the names of dropped fields, as `contact.shoeSize`. */
export interface LenientBody<S extends z.ZodType> {
  readonly body: z.output<S>;
  readonly ignored: readonly string[];
}

/** Parses a body without the unknown fields that may be dropped; refuses every other fault. */
export function settled<S extends z.ZodType>(
  schema: S,
  raw: unknown,
  { mayDrop }: { readonly mayDrop: (field: string) => boolean },
): LenientBody<S> {
  const strange = unknownFields(schema, raw).filter((path) => mayDrop(String(path.at(-1))));
  const value = strange.length === 0 ? raw : without(raw, strange);
  const body = parsed(schema, value, { where: 'body' });
  return { body, ignored: strange.map((path) => path.join('.')) };
}

function unknownFields(schema: z.ZodType, raw: unknown): readonly PropertyKey[][] {
  const result = schema.safeParse(raw);
  if (result.success) return [];
  return result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [],
  );
}

function without(raw: unknown, paths: readonly PropertyKey[][]): unknown {
  const copy: unknown = structuredClone(raw);
  for (const path of paths) {
    const holder = path.slice(0, -1).reduce<unknown>((place, step) => fieldOf(place, step), copy);
    if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, path.at(-1) ?? '');
  }
  return copy;
}

const fieldOf = (place: unknown, step: PropertyKey): unknown =>
  typeof place === 'object' && place !== null ? Reflect.get(place, step) : undefined;
