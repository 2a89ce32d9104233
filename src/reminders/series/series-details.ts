import { z } from 'zod';
import type { PersonKey } from '../../platform/index.ts';
import { detailsPlace, type SeriesDetails } from './series.ts';

const Details = z.object({
  externalId: z.string(),
  practice: z.string().optional(),
  person: z
    .object({
      ref: z.string().optional(),
      firstName: z.string().optional(),
      lastName: z.string().optional(),
      birthDate: z.string().optional(),
    })
    .optional(),
  place: z.string().optional(),
  text: z.string().optional(),
  service: z.string().optional(),
  legalNoticeRef: z.string().optional(),
  label: z.string().optional(),
  amounts: z.array(z.object({ number: z.int(), amount: z.string(), currency: z.string() })).optional(),
  maxParts: z.int().optional(),
});

/** Opens the encrypted data of a series with the key of its person. */
export function seriesDetailsOf(
  key: PersonKey,
  series: { readonly id: string; readonly sealed: Buffer },
): SeriesDetails {
  return Details.parse(JSON.parse(key.open(detailsPlace(series.id), series.sealed).toString('utf8')));
}

/** Seals the same for its row. */
export function sealDetails(key: PersonKey, id: string, details: SeriesDetails): Buffer {
  return key.seal(detailsPlace(id), JSON.stringify(details));
}
