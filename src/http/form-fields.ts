import { raw, type Request, type Response } from 'express';
import { isWritable } from './read-body.ts';

/** A form of ours fits in it many times over. */
const MOST_BYTES = 16_384;
const MOST_FIELDS = 20;
const LONGEST = 500;

const collect = raw({ type: 'application/x-www-form-urlencoded', limit: MOST_BYTES });

/** What a form sent, each field once, or why it was not read. */
export type FormFields =
  | { readonly kind: 'fields'; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: 'odd' | 'large' };

/** Reads the fields of a form; a field sent twice, or one that nobody could type, is odd. */
export function formFields(req: Request, res: Response): Promise<FormFields> {
  return new Promise((resolve) => {
    collect(req, res, (error?: unknown) => {
      if (error !== undefined) resolve({ kind: isTooLarge(error) ? 'large' : 'odd' });
      else resolve(Buffer.isBuffer(req.body) ? fieldsOf(req.body.toString('utf8')) : { kind: 'odd' });
    });
  });
}

const isTooLarge = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'status' in error && error.status === 413;

function fieldsOf(body: string): FormFields {
  const pairs = [...new URLSearchParams(body)];
  const fields = new Map(pairs);
  const isOdd = pairs.some(([, value]) => value.length > LONGEST || !isWritable(value));
  return isOdd || fields.size < pairs.length || fields.size > MOST_FIELDS
    ? { kind: 'odd' }
    : { kind: 'fields', fields };
}

/** Whether a form holds nothing but these fields. */
export const holdsOnly = (fields: ReadonlyMap<string, string>, names: readonly string[]): boolean =>
  [...fields.keys()].every((name) => names.includes(name));
