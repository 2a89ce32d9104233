import { Refusal } from '../../platform/index.ts';

/** The person of a body. */
export type Who =
  | { readonly kind: 'contact'; readonly contactId: string }
  | { readonly kind: 'number'; readonly phone: string };

/** A person is named by the contact or by the number, never by both. */
export function who(body: {
  readonly contactId?: string | undefined;
  readonly phone?: string | undefined;
}): Who {
  const { contactId, phone } = body;
  if (contactId !== undefined && phone === undefined) return { kind: 'contact', contactId };
  if (phone !== undefined && contactId === undefined) return { kind: 'number', phone };
  throw new Refusal('INVALID_REQUEST', {
    errors: [{ in: 'body', pointer: '/contactId', message: 'Give contactId, or phone.' }],
  });
}
