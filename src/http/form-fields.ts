import { urlencoded, type Request, type Response } from 'express';
import { isWritable } from './read-body.ts';

/** A form of ours fits in it many times over. */
const MOST_BYTES = 16_384;
const MOST_FIELDS = 20;
const LONGEST = 500;

const collect = urlencoded({ extended: false, limit: MOST_BYTES, parameterLimit: MOST_FIELDS });

/** What a form sent, each field once, or why it was not read. */
export type FormFields =
  | { readonly kind: 'fields'; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: 'odd' | 'large' };

/** Reads the fields of a form; a field sent twice, or one that nobody could type, is odd. */
export function formFields(req: Request, res: Response): Promise<FormFields> {
  return new Promise((resolve) => {
    collect(req, res, (error?: unknown) => {
      if (error !== undefined) resolve({ kind: isTooLarge(error) ? 'large' : 'odd' });
      else resolve(fieldsOf(req.body));
    });
  });
}

const isTooLarge = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'status' in error && error.status === 413;

function fieldsOf(body: unknown): FormFields {
  if (typeof body !== 'object' || body === null) return { kind: 'odd' };
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string' || value.length > LONGEST || !isWritable(value)) return { kind: 'odd' };
    fields.set(name, value);
  }
  return { kind: 'fields', fields };
}

/** Whether a form holds nothing but these fields. */
export const holdsOnly = (fields: ReadonlyMap<string, string>, names: readonly string[]): boolean =>
  [...fields.keys()].every((name) => names.includes(name));
