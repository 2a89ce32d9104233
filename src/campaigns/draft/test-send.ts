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

/** The most people to whom one campaign is sent as a test in 24 hours: a test is no substitute for a launch. */
const MOST_A_DAY = 50;

/**
 * Sends a campaign to a few known people as a test, which does not count as part of the campaign. They are judged as
 * its audience would be, and again at the last look. Returns the people who may not be written to with their reason,
 * and the id of the batch with those of its messages, by which outcomes are read; the id is null when nobody is left.
 */
export async function tryCampaign(
  tx: Transaction,
  deps: Pick<CreationDeps, 'clock' | 'keys' | 'newId'>,
  request: { readonly campaignId: string; readonly phones: readonly string[]; readonly actor: string },
) {
  const campaign = await openCampaign(tx, request.campaignId);
  await refuseEnded(tx, campaign, deps.clock.now());
  const { fake } = await accountThatMay(tx, campaign);
  const people = await holdersOf(tx, deps.keys, request.phones);
  if (people.length === 0) throw unknownNumber(0);
  const at = deps.clock.now().toISO();
  const { served, refused } = await judgeRecipients(tx, { campaign, people, fake, at });
  const [first] = served;
  if (first === undefined) return { id: null, messages: [], refused };
  await refuseTooMany(tx, { campaignId: campaign.id, people: served.length, at });
  const batchId = deps.newId();
  const contactIds = served.map(({ id }) => id);
  await insertTrial(tx, { batchId, campaign, place: first.place, contactIds, at });
  await tellOf(tx, {
    intents: [answerOwed(tx.tenantId)],
    audit: {
      actor: request.actor,
      action: 'campaign.tried',
      subject: request.campaignId,
      details: { people: served.length },
    },
    at,
    machineMs: deps.clock.machine(),
  });
  const messages = served.map(({ person }, index) => ({
    id: messageId({ batchId, seq: index + 1 }),
    to: maskPhone(person.phone),
  }));
  return { id: batchId, messages, refused };
}

/** Judges the recipients of a test as a freeze of the campaign would. */
async function judgeRecipients(
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

/** Refuses more people than a day allows; the caller has locked the campaign, so that two calls do not both use the rest. */
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

async function openCampaign(tx: Transaction, id: string): Promise<Campaign> {
  await holdChoices(tx, 'follow');
  const campaign = await lockCampaign(tx, id);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  if (!isOver(campaign.status)) return campaign;
  throw new Refusal('CAMPAIGN_CANNOT_MOVE', {
    detail: fault('A campaign that is {status} is not tried any more.', { status: campaign.status }),
  });
}

/** Finds the holders of numbers, each once, in order. */
async function holdersOf(tx: Transaction, keys: TenantKeys, phones: readonly string[]): Promise<Contact[]> {
  const found = new Map<string, Contact>();
  for (const [index, phone] of phones.entries()) {
    const { e164 } = mobileLine(phone, {});
    const contact = await readHolder(tx, keys, keys.phoneIndex(e164));
    if (contact === undefined) throw unknownNumber(index);
    found.set(contact.id, contact);
  }
  return [...found.values()];
}

const unknownNumber = (index: number): Refusal =>
  refusedField(`/phones/${index}`, bilingual.campaign.nobodyWithThatNumber, 'CONTACT_NOT_FOUND');
