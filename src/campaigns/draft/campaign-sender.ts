import { Refusal } from '../../platform/index.ts';
import type { Day } from '../../law/index.ts';
import { checkSender, senderFromBrand } from '../../sms/index.ts';
import type { KeptPractice } from '../../company/index.ts';
import type { CampaignAsked } from './campaign-asked.ts';
import type { CampaignAccount, CampaignBrand, Surroundings } from '../campaign.repository.ts';
import { refusedField } from './refused-field.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** The publisher: the tenant, and the brand or practice in whose name it writes. */
export interface Publisher {
  /** The day of the request. */
  readonly on: Day;
  readonly around: Surroundings;
  readonly account: CampaignAccount;
  readonly brand: CampaignBrand | undefined;
  /** The practice of a notice. */
  readonly practice: KeptPractice | undefined;
}

/** Returns the requested sender, that of a named brand, the tenant's, else the brand's. */
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

/** A named practice or brand precedes the tenant, as in a booking. */
const ofWhoeverWasNamed = (
  { brandId }: Pick<CampaignAsked, 'brandId'>,
  { practice, brand }: Publisher,
): string | undefined =>
  practice?.sender ?? (brandId === undefined ? undefined : (brand?.sender ?? undefined));

/** Lists the senders that the tenant may always use, the preferred one first. */
const ownSenders = ({ around, brand, practice, on }: Publisher): string[] =>
  [
    around.tenantSender,
    brand?.sender,
    practice?.sender,
    senderFromBrand(brand?.name ?? around.tenantName, on),
  ].flatMap((sender) => sender ?? []);

const senderInvalid = (message: Words): Refusal => refusedField('/sender', message, 'SENDER_INVALID');

/** Returns the tenant's allow-list of senders; undefined without one. */
function sendersListed(settings: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const listed = settings['senders'];
  return Array.isArray(listed) ? listed.filter((sender) => typeof sender === 'string') : undefined;
}
