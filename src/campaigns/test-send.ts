import { mobileLine } from '../contacts/contact.ts';
import { readHolder, type Contact } from '../contacts/contact.repository.ts';
import type { Clock } from '../clock.ts';
import type { Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/vault.ts';
import { Refusal } from '../errors.ts';
import { messageId } from '../messages/message-id.ts';
import { maskPhone } from '../sms/phone-number.ts';
import { readCampaign, type Campaign } from './campaign.repository.ts';
import { isOver } from './campaign.ts';
import { accountThatMay } from './order.ts';
import { tellOf } from './telling.repository.ts';
import { insertTrial } from './test-send.repository.ts';

/** What a campaign is tried with. */
export interface TrialDeps {
  readonly clock: Clock;
  readonly keys: TenantKeys;
  /** A UUIDv7 of machine time. */
  readonly newId: () => string;
}

/** The messages of a trial; what becomes of each is read by its id. */
export interface Tried {
  readonly id: string;
  readonly messages: readonly { readonly id: string; readonly to: string }[];
}

/**
 * Sends a campaign to a few known people as it would leave, counted in none of its accounts.
 *
 * Every check stands: consent, suppression, hours, text; whoever may not be written to is `excluded` here too.
 */
export async function tryCampaign(
  tx: Transaction,
  deps: TrialDeps,
  asked: { readonly campaignId: string; readonly phones: readonly string[]; readonly actor: string },
): Promise<Tried> {
  const campaign = await open(tx, asked.campaignId);
  await accountThatMay(tx, campaign);
  const people = await holders(tx, deps.keys, asked.phones);
  const [first] = people;
  if (first === undefined) throw notKnown(0);
  const [batchId, at] = [deps.newId(), deps.clock.now().toISO()];
  const contactIds = people.map(({ id }) => id);
  const place = { territory: first.place.territory, timeZone: first.place.timeZone };
  await insertTrial(tx, { batchId, campaign, place, contactIds, at });
  await tellOf(tx, {
    intents: [
      {
        class: 'order',
        verb: 'signal-with-start',
        workflow: 'acknowledgements',
        workflowId: `acknowledgements/${tx.tenantId}`,
        signal: 'changed',
        input: { tenantId: tx.tenantId },
      },
    ],
    audit: {
      actor: asked.actor,
      action: 'campaign.tried',
      subject: campaign.id,
      details: { people: people.length },
    },
    at,
    machineMs: deps.clock.machine(),
  });
  return {
    id: batchId,
    messages: people.map(({ person }, turn) => ({
      id: messageId({ batchId, seq: turn + 1 }),
      to: maskPhone(person.phone),
    })),
  };
}

async function open(tx: Transaction, id: string): Promise<Campaign> {
  const campaign = await readCampaign(tx, id);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  if (!isOver(campaign.status)) return campaign;
  throw new Refusal('CAMPAIGN_CANNOT_MOVE', {
    detail: `A campaign that is ${campaign.status} is not tried any more.`,
  });
}

/** Each person once, in the order given. */
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
  new Refusal('CONTACT_NOT_FOUND', {
    errors: [
      {
        in: 'body',
        pointer: `/phones/${turn}`,
        message: 'no contact holds this number: record its agreement',
      },
    ],
  });
