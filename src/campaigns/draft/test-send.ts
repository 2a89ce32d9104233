import type { TenantKeys } from '../../crypto/index.ts';
import { mobileLine, readHolder, type Contact } from '../../people/index.ts';
import { type Transaction, Refusal, refusedField } from '../../platform/index.ts';
import { answerOwed, messageId, MOST_PEOPLE, triedSinceYesterday } from '../../sending/index.ts';
import { maskPhone } from '../../sms/index.ts';
import { holdChoices } from '../../company/index.ts';
import type { CreationDeps } from './creation.ts';
import { refuseEnded } from './refusals.ts';
import { lockCampaign, type Campaign } from '../campaign.repository.ts';
import { isOver } from '../campaign.ts';
import { judgedPeople } from '../audience/freeze.repository.ts';
import { accountThatMay } from '../run/order.ts';
import { tellOf } from '../run/run.repository.ts';
import { insertTrial } from './draft.repository.ts';
import { bilingual, fault } from '../../words/index.ts';

/** Maximum number of people on whom one campaign is tried in 24 hours: a trial is no substitute for a launch. */
const MOST_A_DAY = 50;

/**
 * Sends a campaign to a few known people as it would be sent, without counting them in its accounts. They are
 * judged as its audience would be; refused people are returned with their reason, and every check applies at the
 * last look. Returns no id when nobody may be written to; outcomes are read by the ids of the messages.
 */
export async function tryCampaign(
  tx: Transaction,
  deps: Pick<CreationDeps, 'clock' | 'keys' | 'newId'>,
  asked: { readonly campaignId: string; readonly phones: readonly string[]; readonly actor: string },
) {
  const campaign = await open(tx, asked.campaignId);
  await refuseEnded(tx, campaign, deps.clock.now());
  const { fake } = await accountThatMay(tx, campaign);
  const people = await holders(tx, deps.keys, asked.phones);
  if (people.length === 0) throw notKnown(0);
  const at = deps.clock.now().toISO();
  const { served, refused } = await judgedTrial(tx, { campaign, people, fake, at });
  const [first] = served;
  if (first === undefined) return { id: null, messages: [], refused };
  await refuseTooMany(tx, { campaignId: campaign.id, people: served.length, at });
  const batchId = deps.newId();
  const contactIds = served.map(({ id }) => id);
  await insertTrial(tx, { batchId, campaign, place: first.place, contactIds, at });
  await tellOf(tx, {
    intents: [answerOwed(tx.tenantId)],
    audit: {
      actor: asked.actor,
      action: 'campaign.tried',
      subject: asked.campaignId,
      details: { people: served.length },
    },
    at,
    machineMs: deps.clock.machine(),
  });
  const messages = served.map(({ person }, turn) => ({
    id: messageId({ batchId, seq: turn + 1 }),
    to: maskPhone(person.phone),
  }));
  return { id: batchId, messages, refused };
}

/** Judges a trial's person: by the audience, and as the campaign's own freeze would. */
async function judgedTrial(
  tx: Transaction,
  about: {
    readonly campaign: Campaign;
    readonly people: readonly Contact[];
    readonly fake: boolean;
    readonly at: string;
  },
) {
  const { campaign, people, fake, at } = about;
  const { purpose, brandId } = campaign;
  const audience = { contactIds: people.map(({ id }) => id), exclude: campaign.audience.exclude };
  const judged = await judgedPeople(tx, { audience, purpose, brandId, fake, at });
  const reasons = new Map(judged.map(({ contactId, reason }) => [contactId, reason]));
  const refused = people.flatMap(({ id, person }) => {
    const reason = reasons.get(id) ?? null;
    return reason === null ? [] : [{ to: maskPhone(person.phone), reason }];
  });
  return { served: people.filter(({ id }) => reasons.get(id) === null), refused };
}

/** Locks the campaign: two calls must not both take the rest of a day. */
async function refuseTooMany(
  tx: Transaction,
  { campaignId, people, at }: { readonly campaignId: string; readonly people: number; readonly at: string },
): Promise<void> {
  const before = await triedSinceYesterday(tx, { campaignId, at });
  if (people <= MOST_PEOPLE && before + people <= MOST_A_DAY) return;
  throw new Refusal('TRIAL_LIMIT', {
    detail: fault(
      'Asked for {people} people, tried on {before} in the last 24 hours; at most {call} a call and {day} in 24 hours.',
      { people, before, call: MOST_PEOPLE, day: MOST_A_DAY },
    ),
  });
}

async function open(tx: Transaction, id: string): Promise<Campaign> {
  await holdChoices(tx, 'follow');
  const campaign = await lockCampaign(tx, id);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  if (!isOver(campaign.status)) return campaign;
  throw new Refusal('CAMPAIGN_CANNOT_MOVE', {
    detail: fault('A campaign that is {status} is not tried any more.', { status: campaign.status }),
  });
}

/** Finds each person once, in the given order. */
async function holders(tx: Transaction, keys: TenantKeys, phones: readonly string[]): Promise<Contact[]> {
  const found = new Map<string, Contact>();
  for (const [turn, phone] of phones.entries()) {
    const { e164 } = mobileLine(phone, {});
    const contact = await readHolder(tx, keys, keys.phoneIndex(e164));
    if (contact === undefined) throw notKnown(turn);
    found.set(contact.id, contact);
  }
  return [...found.values()];
}

const notKnown = (turn: number): Refusal =>
  refusedField(`/phones/${turn}`, bilingual.campaign.nobodyWithThatNumber, 'CONTACT_NOT_FOUND');
