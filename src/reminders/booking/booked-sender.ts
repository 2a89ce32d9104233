import type { Day } from '../../law/index.ts';
import { Refusal } from '../../platform/index.ts';
import { checkSender, senderFromBrand, type OptOutMeans, foundInEach } from '../../sms/index.ts';
import type { Tenant, KeptPractice } from '../../company/index.ts';
import type { BookedAccount } from './account.repository.ts';
import type { Said } from '../../words/index.ts';

/** The data on accounts that are not in the database. */
export interface BookingTerms {
  readonly defaultName: string;
  /** Returns the ways to opt out that an account offers. */
  means(name: string): OptOutMeans | undefined;
  /** Base URL of opt-out links, for tenants without an address of their own. */
  readonly linkBase?: string | undefined;
}

/** The senders allowed for a booking's messages. */
export interface SenderChoice {
  readonly asked: string | undefined;
  readonly account: BookedAccount;
  readonly tenant: Pick<Tenant, 'sender' | 'sector' | 'name' | 'settings'>;
  readonly practice: KeptPractice | undefined;
  readonly brand: { readonly name: string; readonly sender: string | null } | undefined;
  /** The day of booking. */
  readonly on: Day;
}

/** Returns the booking's sender, the practice's, the tenant's, else the brand's own letters. */
export function bookedSender({ asked, account, tenant, practice, brand, on }: SenderChoice): string {
  const own = [
    practice?.sender,
    tenant.sender,
    brand?.sender,
    senderFromBrand(brand?.name ?? tenant.name, on),
  ].flatMap((sender) => sender ?? []);
  const sender = asked ?? own[0];
  const sector = practice?.sector ?? tenant.sector;
  if (sender === undefined) throw invalid('no sender: name one for the booking, the practice or the tenant');
  // The practice's own sender was checked when it was put.
  if (sender !== practice?.sender) refuseSender(sender, { sector, on });
  if (!isAllowed(sender, own, { account, tenant })) throw new Refusal('SENDER_NOT_YOURS');
  return sender;
}

function refuseSender(sender: string, terms: { readonly sector: string; readonly on: Day }): void {
  const found = foundInEach((language) => checkSender(sender, { ...terms, language }));
  const wrong = found.find(({ severity }) => severity === 'error');
  if (wrong !== undefined) throw invalid(wrong.message);
}

/** Without a list any sender is allowed on fakes, only the tenant's own on real accounts. */
function isAllowed(
  sender: string,
  own: readonly string[],
  { account, tenant }: Pick<SenderChoice, 'account' | 'tenant'>,
): boolean {
  const listed = sendersListed(tenant.settings);
  return (listed === undefined && account.fake) || [...own, ...(listed ?? [])].includes(sender);
}

function sendersListed(settings: object): readonly string[] | undefined {
  const listed: unknown = 'senders' in settings ? settings.senders : undefined;
  return Array.isArray(listed) ? listed.filter((sender) => typeof sender === 'string') : undefined;
}

const invalid = (message: Said): Refusal =>
  new Refusal('SENDER_INVALID', { errors: [{ in: 'body', pointer: '/sender', message }] });
