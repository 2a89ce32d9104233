import { Refusal } from '../../platform/index.ts';
import type { Day } from '../../law/index.ts';
import { checkSender, senderFromBrand } from '../../sms/index.ts';
import type { KeptPractice } from '../../company/index.ts';
import type { CampaignAsked } from './campaign-asked.ts';
import type { CampaignAccount, CampaignBrand, Surroundings } from '../campaign.repository.ts';
import { refusedField } from './refused-field.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** Who writes: the tenant, and the brand or the practice in whose name. */
export interface Publisher {
  /** The day on which it is asked. */
  readonly on: Day;
  readonly around: Surroundings;
  readonly account: CampaignAccount;
  readonly brand: CampaignBrand | undefined;
  /** Of a notice. */
  readonly practice: KeptPractice | undefined;
}

/** The sender asked for, that of a brand asked for by name, the tenant's, else the brand's. */
export function senderOf(asked: Pick<CampaignAsked, 'sender' | 'brandId'>, publisher: Publisher): string {
  const { around, account, on } = publisher;
  const own = ownSenders(publisher);
  const sender = asked.sender ?? ofWhoeverWasNamed(asked, publisher) ?? own[0];
  if (sender === undefined) throw senderInvalid(bilingual.request.missing);
  const faultIn = (language: Language): string | undefined =>
    checkSender(sender, { on, sector: around.sector, language })[0]?.message;
  const [fr, en] = [faultIn('fr'), faultIn('en')];
  if (fr !== undefined && en !== undefined) throw senderInvalid({ fr, en });
  const listed = sendersListed(around.settings);
  const isFree = listed === undefined && account.fake;
  if (!isFree && ![...own, ...(listed ?? [])].includes(sender)) throw new Refusal('SENDER_NOT_YOURS');
  return sender;
}

/** A practice or a brand that was asked for stands where the practice stands in a booking: before the tenant. */
const ofWhoeverWasNamed = (
  { brandId }: Pick<CampaignAsked, 'brandId'>,
  { practice, brand }: Publisher,
): string | undefined =>
  practice?.sender ?? (brandId === undefined ? undefined : (brand?.sender ?? undefined));

/** What the tenant may always use, first the one it prefers. */
const ownSenders = ({ around, brand, practice, on }: Publisher): string[] =>
  [
    around.tenantSender,
    brand?.sender,
    practice?.sender,
    senderFromBrand(brand?.name ?? around.tenantName, on),
  ].flatMap((sender) => sender ?? []);

const senderInvalid = (message: Words): Refusal => refusedField('/sender', message, 'SENDER_INVALID');

/** The tenant's allow-list of senders; none when it keeps none. */
function sendersListed(settings: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const listed = settings['senders'];
  return Array.isArray(listed) ? listed.filter((sender) => typeof sender === 'string') : undefined;
}
