import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import type { TenantPurpose } from '../../company/index.ts';
import { PurposeField } from './schema.ts';

/** One purpose, or several at once. */
export const PurposeOrPurposes = z.strictObject({
  purpose: PurposeField.optional(),
  purposes: z.array(PurposeField).min(1).max(4).optional(),
});

/** Returns the purposes of a body: given by one of the two fields, never by both. */
export function purposesOf(body: {
  readonly purpose?: TenantPurpose | undefined;
  readonly purposes?: readonly TenantPurpose[] | undefined;
}): readonly TenantPurpose[] {
  const named = body.purposes ?? (body.purpose === undefined ? undefined : [body.purpose]);
  if (named !== undefined && (body.purpose === undefined || body.purposes === undefined))
    return [...new Set(named)];
  throw new Refusal('INVALID_REQUEST', {
    errors: [{ in: 'body', pointer: '/purpose', message: 'Give purpose, or purposes.' }],
  });
}
