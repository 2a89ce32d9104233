import { z } from 'zod';
import { messageKey } from '../../../sending/index.ts';

/** The public id of a message. */
export const MessageName = z.string().refine((id) => messageKey(id) !== undefined);

const DecisionShown = z.object({
  id: z.string(),
  verdict: z.string(),
  at: z.string(),
  until: z.string().nullable(),
  profile: z.string(),
  rulesVersion: z.string(),
  calendarVersion: z.string(),
  territory: z.string(),
  timeZone: z.string(),
  rules: z.unknown(),
});

const ConsentShown = z.object({
  sendable: z.boolean(),
  why: z.string().nullable(),
  basis: z.string(),
  since: z.string(),
  wordingId: z.string().nullable(),
  eventId: z.string(),
});

const Happening = z.object({
  at: z.string(),
  clock: z.enum(['law', 'machine']),
  event: z.enum(['made', 'marked', 'first-byte', 'answered', 'accepted', 'refused', 'lost', 'ended']),
  code: z.string().optional(),
  operatorCode: z.string().optional(),
  operatorWords: z.string().optional(),
});

/** A message for display. */
export const MessageShown = z
  .object({
    id: z.string(),
    state: z.string(),
    reason: z.string().nullable(),
    purpose: z.string(),
    to: z.string().nullable(),
    text: z.string().optional(),
    contactId: z.string().nullable(),
    campaignId: z.string().nullable(),
    seriesId: z.string().nullable(),
    gateway: z.string(),
    gatewayId: z.string().nullable(),
    parts: z.int().nullable(),
    encoding: z.string().nullable(),
    notBefore: z.string().nullable(),
    decision: DecisionShown.nullable(),
    consent: ConsentShown.nullable(),
    timeline: z.array(Happening).readonly(),
  })
  .meta({ id: 'Message' });

/** An uncertain message. */
export const UncertainShown = z
  .object({
    id: z.string(),
    purpose: z.string(),
    gateway: z.string(),
    campaignId: z.string().nullable(),
    seriesId: z.string().nullable(),
    reason: z.string().nullable(),
    markedAt: z.string().nullable(),
    to: z.string().nullable(),
  })
  .meta({ id: 'Uncertain' });
