import type { Clock, Transaction, TenantKeys } from '../../platform/index.ts';
import type { Campaign, CampaignAccount } from '../campaign.repository.ts';
import {
  judgedPerson,
  servableByPlace,
  type FreezeTerms,
  type FrozenPlace,
  type Judged,
} from './freeze.repository.ts';
import { readableAudience } from './series-audience.ts';

interface Deps {
  readonly keys: TenantKeys;
  readonly clock: Clock;
}

interface Asked {
  readonly campaign: Campaign;
  readonly account: CampaignAccount;
}

/** Counts the people a campaign could write to if it were frozen now, by locality; nothing of it is kept. */
export const servableNow = async (
  tx: Transaction,
  deps: Deps,
  asked: Asked,
): Promise<readonly FrozenPlace[]> => servableByPlace(tx, await termsNow(tx, deps, asked));

/** Judges one person as a freeze would now; undefined for a person outside the audience. */
export const personNow = async (
  tx: Transaction,
  deps: Deps,
  { contactId, ...asked }: Asked & { readonly contactId: string },
): Promise<Judged | undefined> => judgedPerson(tx, await termsNow(tx, deps, asked), contactId);

async function termsNow(
  tx: Transaction,
  { keys, clock }: Deps,
  { campaign, account }: Asked,
): Promise<FreezeTerms> {
  const { purpose, brandId } = campaign;
  const at = clock.now().toISO();
  const audience = await readableAudience(tx, () => Promise.resolve(keys), {
    audience: campaign.audience,
    at,
  });
  return { audience, purpose, brandId, fake: account.fake, at };
}
