import { Refusal } from '../../platform/index.ts';
import type { Day, Territory } from '../../law/index.ts';
import { refusedAs } from '../../sending/index.ts';
import { checkText, type Finding, type OptOutMeans } from '../../sms/index.ts';
import type { Publisher } from './campaign-sender.ts';
import { languageOf, type Language } from '../../words/index.ts';
import type { CampaignAsked } from './campaign-asked.ts';

/** By whom, how and where a text is to be heard. */
export interface Hearing extends Pick<Publisher, 'around' | 'brand' | 'practice'> {
  readonly sender: string;
  readonly means: OptOutMeans | undefined;
  /** Everywhere without one. */
  readonly territory: Territory | undefined;
  readonly stopLink: string;
  readonly on: Day;
}

/** Refuses a text, a name or a sender that may not be sent, in the words of whoever asks. */
export function refuseUnsendable(asked: CampaignAsked, hearing: Hearing): void {
  const faults = faultsOf(asked, hearing, 'fr');
  const [first] = faults;
  if (first === undefined) return;
  const english = faultsOf(asked, hearing, 'en');
  throw new Refusal(refusedAs(first), {
    errors: faults.map(({ message, ruleId, in: field }, turn) => ({
      pointer: field === 'sender' || field === 'name' ? `/${field}` : '/text',
      message: { fr: `${message} (${ruleId})`, en: `${english[turn]?.message ?? message} (${ruleId})` },
    })),
  });
}

function faultsOf(
  asked: CampaignAsked,
  { around, brand, practice, ...hearing }: Hearing,
  readBy: Language,
): readonly Finding[] {
  const { findings } = checkText({
    ...hearing,
    readBy,
    text: asked.text,
    name: asked.name,
    purpose: asked.purpose,
    sector: practice?.sector ?? around.sector,
    language: languageOf(around.locale),
    brand: practice?.displayName ?? brand?.name ?? around.tenantName,
    ownDomains: around.domains,
    maxParts: asked.maxParts,
  });
  return findings.filter(({ severity }) => severity === 'error');
}
