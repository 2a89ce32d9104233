import type { Translation } from '../translation.ts';
import type { request as french } from '../french/request.ts';

/** What is wrong with a field, wherever it stands. */
export const request: Translation<typeof french> = {
  missing: 'missing',
  notFound: 'not found',
  unknownKey: 'Unrecognized key:',
  reasonMissing: 'This change needs a reason.',
  oneBrand: 'brand or brandId, not both',
  unknown: 'unknown',
};
