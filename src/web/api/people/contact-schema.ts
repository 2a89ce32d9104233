import { z } from 'zod';
import { DateOnly, TerritoryName, TimeZone } from '../../server/schema.ts';

/** A number in any common notation. */
export const Phone = z.string().min(1).max(40).meta({ example: '06 39 98 00 01' });

/** The region of a national number. */
export const Region = z
  .string()
  .regex(/^[A-Z]{2}$/, 'an ISO country, such as FR or RE')
  .optional();

const Attributes = z
  .record(
    z.string().regex(/^[\p{L}_][\p{L}\p{N}_]{0,59}$/u, 'a name of letters, digits and _'),
    z.union([z.string().max(500), z.number(), z.boolean()]),
  )
  .refine((attributes) => Object.keys(attributes).length <= 50, 'at most 50 attributes');

/** The data of a person besides the number. */
const detailFields = {
  territory: TerritoryName.optional(),
  postalCode: z.string().min(4).max(10).optional(),
  timeZone: TimeZone.optional(),
  attributes: Attributes.optional(),
  birthDate: DateOnly.optional(),
};

/** A new contact, who may be written to once they agreed. */
export const NewContactBody = z.strictObject({ phone: Phone, region: Region, ...detailFields });

/** A correction; null removes a value. */
export const ContactCorrection = z.strictObject({
  ...detailFields,
  attributes: z
    .record(
      z.string().regex(/^[\p{L}_][\p{L}\p{N}_]{0,59}$/u),
      z.union([z.string().max(500), z.number(), z.boolean(), z.null()]),
    )
    .optional(),
  birthDate: DateOnly.nullable().optional(),
});

const ConsentStatus = z
  .object({
    sendable: z.boolean(),
    basis: z.string().nullable(),
    since: z.string().nullable(),
    wordingId: z.string().nullable(),
    why: z.string().nullable(),
    doubt: z.enum(['LAST_INTERACTION_REPLACED']).nullable().meta({
      description:
        'Of the past alone: only the last sign of life is kept. Here a later one has replaced it, and the agreement was so old that an earlier sign would decide: what stands here is without it.',
    }),
    until: z.string().nullable().meta({
      description:
        'When advertising ends if nothing more is heard of the person; null where it may not be sent.',
    }),
  })
  .meta({ id: 'Standing' });

/** A person's consents, and the acts behind them. */
export const ConsentsShown = z
  .object({
    purposes: z.object({
      marketing: ConsentStatus,
      appointment: ConsentStatus,
      renewal: ConsentStatus,
      payment: ConsentStatus,
    }),
    events: z
      .array(
        z.object({
          id: z.string(),
          purpose: z.string(),
          kind: z.string(),
          basis: z.string(),
          method: z.string().nullable(),
          channel: z.string().nullable(),
          wordingId: z.string().nullable(),
          proof: z.string(),
          occurredAt: z.string(),
          recordedAt: z.string(),
          actor: z.string(),
          barred: z.string().nullable(),
          simulated: z.boolean(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Consents' });

/** A contact for answers. */
export const ContactShown = z
  .object({
    id: z.string(),
    phone: z.string().meta({ description: 'Masked.' }),
    territory: z.string(),
    territories: z.array(z.string()).readonly(),
    timeZone: z.string(),
    timeZones: z.array(z.string()).readonly().meta({
      description:
        'All the zones that the person may be in: a message leaves when the hour is lawful in each.',
    }),
    placeFrom: z.string(),
    lineType: z.string(),
    attributes: z.record(z.string(), z.unknown()),
    nameConflict: z.boolean(),
    birthDate: z.string().nullable(),
    adultOn: z.string().nullable(),
    numberState: z.string().nullable(),
    simulated: z.boolean(),
    lastInteractionAt: z.string().nullable(),
    retiredAt: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Contact' });
