import { z } from 'zod';
import { Refusal } from '../errors.ts';
import type { Language } from '../law/rule.ts';

/** One wrong field, located by a JSON pointer. */
export interface InputError {
  readonly in: 'body' | 'query';
  readonly pointer: string;
  readonly message: string;
}

const wordings = { fr: z.locales.fr().localeError, en: z.locales.en().localeError };

/** The parsed value, or a refusal that points at every wrong field. */
export function parsed<S extends z.ZodType>(
  schema: S,
  value: unknown,
  { where, language }: { readonly where: InputError['in']; readonly language: Language },
): z.output<S> {
  const result = schema.safeParse(value, { error: wordings[language] });
  if (result.success) return result.data;
  throw new Refusal('INVALID_REQUEST', { errors: errorsOf(result.error.issues, where) });
}

function errorsOf(issues: readonly z.core.$ZodIssue[], where: InputError['in']): InputError[] {
  return issues.flatMap((issue) => {
    const at = (...more: PropertyKey[]): string => pointerTo([...issue.path, ...more]);
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ in: where, pointer: at(key), message: issue.message }));
    if (issue.code === 'invalid_union') return [...unionErrors(issue, where)];
    return [{ in: where, pointer: at(), message: issue.message }];
  });
}

/** The complaints of the alternative that came nearest. */
function unionErrors(issue: z.core.$ZodIssueInvalidUnion, where: InputError['in']): InputError[] {
  const nearest = issue.errors.toSorted((one, other) => one.length - other.length)[0] ?? [];
  const deeper = nearest.map((inner) => Object.assign({}, inner, { path: [...issue.path, ...inner.path] }));
  if (deeper.length > 0) return errorsOf(deeper, where);
  return [{ in: where, pointer: pointerTo(issue.path), message: issue.message }];
}

/** A JSON pointer (RFC 6901). */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
