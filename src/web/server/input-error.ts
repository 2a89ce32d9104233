import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import { bilingual, faultIn, type ForPrograms, type Language, type Said } from '../../words/index.ts';

/** One wrong field, located by a JSON pointer. */
export interface InputError {
  readonly in: 'body' | 'query';
  readonly pointer: string;
  readonly message: ForPrograms;
}

/** More errors are not listed, so that the answer to a wrong list stays short. */
const MOST_ERRORS = 100;
const UNKNOWN_KEY = bilingual.request.unknownKey;

const library = { fr: z.locales.fr().localeError, en: z.locales.en().localeError };

/** The sentences of zod, except that an absent field is called missing. */
const wordings = (language: Language): z.core.$ZodErrorMap => {
  const said = library[language];
  return (issue) =>
    issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')
      ? faultIn('missing', language)
      : said(issue);
};

/** Parses a value; refuses with INVALID_REQUEST and a pointer to every wrong field. */
export function parsed<S extends z.ZodType>(
  schema: S,
  value: unknown,
  { where }: { readonly where: InputError['in'] },
): z.output<S> {
  const result = schema.safeParse(value, { error: wordings('fr') });
  if (result.success) return result.data;
  const english = schema.safeParse(value, { error: wordings('en') });
  throw new Refusal('INVALID_REQUEST', {
    errors: errorsInEach([result.error.issues, english.error?.issues ?? []], where),
  });
}

/** Makes the refusal of one field that no schema can judge. */
export const wrongField = (
  pointer: string,
  message: Said,
  { where = 'body' }: { readonly where?: InputError['in'] } = {},
): Refusal => new Refusal('INVALID_REQUEST', { errors: [{ in: where, pointer, message }] });

/** Lists every wrong field in both languages, since a stored refusal may be shown in another one. */
function errorsInEach(issues: readonly [Issues, Issues], where: InputError['in']): InputError[] {
  const [french = [], english = []] = (['fr', 'en'] as const).map((language, at) =>
    errorsOf(issues[at]?.slice(0, MOST_ERRORS) ?? [], { where, language }).slice(0, MOST_ERRORS),
  );
  const inBoth = ({ message: fr, ...place }: Complaint, at: number): InputError => ({
    ...place,
    message: { fr, en: english[at]?.message ?? fr, isForPrograms: true },
  });
  return french.map(inBoth);
}

type Issues = readonly z.core.$ZodIssue[];

interface Complaint extends Omit<InputError, 'message'> {
  readonly message: string;
}

interface Reader {
  readonly where: InputError['in'];
  readonly language: Language;
}

function errorsOf(issues: readonly z.core.$ZodIssue[], reader: Reader): Complaint[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue, reader);
    if (issue.code === 'invalid_union') return unionErrors(issue, reader);
    return [faultyField(issue, reader)];
  });
}

/** The values that a schema of ours adds to its sentence. */
const Facts = z.object({ facts: z.record(z.string(), z.union([z.string(), z.number()])) });

function faultyField(issue: z.core.$ZodIssue, { where, language }: Reader): Complaint {
  const { path, message } = issue;
  const given = issue.code === 'custom' ? Facts.safeParse(issue.params).data : undefined;
  return { in: where, pointer: pointerTo(path), message: faultIn(message, language, given?.facts) };
}

/** Returns an error for each unknown key; zod has one for all of them. */
function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, { where, language }: Reader): Complaint[] {
  return issue.keys.slice(0, MOST_ERRORS).map((key) => ({
    in: where,
    pointer: pointerTo([...issue.path, key]),
    message: `${UNKNOWN_KEY[language]} "${key}"`,
  }));
}

/** Returns the errors of the alternative with the fewest. */
function unionErrors(issue: z.core.$ZodIssueInvalidUnion, reader: Reader): Complaint[] {
  const nearest = issue.errors.toSorted((one, other) => one.length - other.length)[0] ?? [];
  const deeper = nearest.map((inner) => Object.assign({}, inner, { path: [...issue.path, ...inner.path] }));
  if (deeper.length > 0) return errorsOf(deeper.slice(0, MOST_ERRORS), reader);
  return [faultyField(issue, reader)];
}

/** Writes a path as a JSON pointer (RFC 6901). */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * Wraps a schema so that the route parses the body itself with `settled`, which may drop unknown fields; it is
 * documented as `schema`.
 */
export function lenient(schema: z.ZodType): z.ZodType {
  return z.unknown().meta({
    override: ({ jsonSchema }: { jsonSchema: object }) => {
      const { $schema: _, ...shown } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      Object.assign(jsonSchema, shown);
    },
  });
}

/**
 * Parses a body, dropping the unknown fields that may be dropped; returns their names, such as `contact.shoeSize`.
 * Refuses every other error.
 */
export function settled<S extends z.ZodType>(
  schema: S,
  raw: unknown,
  { mayDrop }: { readonly mayDrop: (field: string) => boolean },
): { readonly body: z.output<S>; readonly ignored: readonly string[] } {
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
