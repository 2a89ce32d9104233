import { z } from 'zod';
import {
  type ContactDeps,
  findHolder,
  agreedNow,
  refuseConsents,
  type RefusalGiven,
  withdraw,
  findWording,
} from '../../../people/index.ts';
import { type Transaction, Refusal } from '../../../platform/index.ts';
import type { Api } from '../../server/api.ts';
import { EVERYBODY } from '../../server/caller.ts';
import { EvidenceBody } from './consents.ts';
import { Phone, Region } from './contact-schema.ts';
import { anyNumber, CHANNELS, numberOf, withdrawalEntry } from './leavings.ts';
import { PurposeOrPurposes, purposesOf } from '../../server/purposes.ts';
import { route, type Context, type Route } from '../../server/route.ts';
import { Id, Instant } from '../../server/schema.ts';
import { who } from '../../server/who.ts';

const NewRefusal = PurposeOrPurposes.extend({
  contactId: Id.optional(),
  phone: Phone.optional(),
  region: Region,
  channel: z.enum(CHANNELS),
  occurredAt: Instant.optional(),
  wordingId: Id.optional(),
  evidence: EvidenceBody.default({}),
});

const Refused = z
  .object({
    contactId: z.string().nullable(),
    refusals: z.array(
      z.object({ id: z.string(), purpose: z.string(), kind: z.enum(['refused', 'withdrawn']) }),
    ),
  })
  .meta({ id: 'RefusedConsent' });

/** The routes of refusals: people who were asked and said no. */
export const refusalRoutes = ({ vault, clock }: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/consents/refusals',
    roles: EVERYBODY,
    summary: 'Somebody was asked and said no; where an agreement was in force, it is withdrawn.',
    tag: 'Consents',
    body: NewRefusal,
    reply: Refused,
    status: 201,
    also: [202],
    run: async (call) => refusedBy(call, { keys: await vault.tenant(call.tx), clock }),
    // The database cannot be asked for an agreement: a refusal that may withdraw one counts.
    withoutDatabase: async ({ caller, body, journal }) => {
      const named = who(body);
      const person =
        named.kind === 'number'
          ? { phone: anyNumber(named.phone, body.region) }
          : { contactId: named.contactId };
      const all = onlyFor(body, purposesOf(body));
      await journal(withdrawalEntry(clock, { caller, body: all, person }));
      return { contactId: body.contactId ?? null, refusals: [] };
    },
  }),
];

type Body = z.output<typeof NewRefusal>;
type Purposes = ReturnType<typeof purposesOf>;

const onlyFor = (body: Body, purposes: Purposes): Body => ({
  ...body,
  purpose: undefined,
  purposes: [...purposes],
});

/** Withdraws the agreed purposes, and records the rest as refused. */
async function refusedBy(
  { tx, caller, body, journal }: Context & { readonly body: Body },
  deps: ContactDeps,
): Promise<z.input<typeof Refused>> {
  const asked = await askedOf(tx, deps, body);
  const { contactId, phone } = asked;
  const inForce = await agreedNow(tx, deps, contactId);
  const takenBack = asked.purposes.filter((purpose) => inForce.includes(purpose));
  const entry = withdrawalEntry(deps.clock, { caller, body: onlyFor(body, takenBack), person: { phone } });
  if (takenBack.length > 0) await journal(entry);
  const { channel, occurredAt, actor, evidence } = entry;
  const act = { channel, occurredAt, actor, evidence };
  const { eventIds } =
    takenBack.length > 0 ? await withdraw(tx, deps, { phone, scope: takenBack, ...act }) : { eventIds: [] };
  const purposes = asked.purposes.filter((purpose) => !takenBack.includes(purpose));
  const refused = await refuseConsents(tx, deps, { ...asked, purposes, ...act });
  return {
    contactId,
    refusals: [
      ...eventIds.map((id, place) => ({ id, purpose: takenBack[place] ?? '', kind: 'withdrawn' as const })),
      ...refused.map((one) => Object.assign({ kind: 'refused' as const }, one)),
    ],
  };
}

interface Asked extends Pick<RefusalGiven, 'contactId' | 'wordings'> {
  readonly phone: string;
  readonly purposes: Purposes;
}

/** Reads a refusal and its person; an unknown person is not recorded for it. */
async function askedOf(tx: Transaction, deps: ContactDeps, body: Body): Promise<Asked> {
  const purposes = purposesOf(body);
  const phone = await numberOf(tx, deps, body);
  const contactId = body.contactId ?? (await findHolder(tx, deps, phone))?.id;
  if (contactId === undefined) throw new Refusal('CONTACT_NOT_FOUND', { detail: NOBODY });
  const { wordingId } = body;
  if (wordingId !== undefined && (await findWording(tx, wordingId)) === undefined)
    throw new Refusal('WORDING_NOT_FOUND');
  const wordings =
    wordingId === undefined ? {} : Object.fromEntries(purposes.map((purpose) => [purpose, wordingId]));
  return { contactId, phone, purposes, wordings };
}

const NOBODY = 'Nobody holds this number here: to leave it alone for good, POST /v1/suppressions.';
