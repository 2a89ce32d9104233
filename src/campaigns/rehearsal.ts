import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { canonicalJson } from '../contacts/canonical-json.ts';
import type { Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/vault.ts';
import { Refusal } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import type { Composer } from '../messages/prepared.ts';
import { rateOf } from './campaign-rate.ts';
import { priceIn } from './campaign-route.ts';
import { readAccount, type Campaign, type CampaignAccount } from './campaign.repository.ts';
import { pictureAudience } from './freeze.repository.ts';
import { costOf, excludedInPicture, picturedPage, servableInPicture } from './rehearsal.repository.ts';
import { reportOf, type Counted, type RehearsalReport } from './rehearsal-report.ts';
import { readableAudience } from './series-audience.ts';
import { staleInText } from './stale-text.ts';
import { Weighing } from './weighing.ts';

/** What a rehearsal is made with. */
export interface RehearsalDeps {
  readonly clock: Clock;
  readonly keys: TenantKeys;
  readonly language: Language;
  /** As the send path makes texts. */
  readonly composer: Composer;
  /** Whether every person of a locality gets the same text. */
  readonly isSameForAll: boolean;
}

const PAGE = 2_000;

/**
 * Does all that a launch at this moment would do, up to the last look, and counts it.
 *
 * Nothing is sent, marked or reserved. The same audience, checks, texts and law as the send path.
 */
export async function rehearse(
  tx: Transaction,
  deps: RehearsalDeps,
  campaign: Campaign,
): Promise<{ readonly report: RehearsalReport; readonly sha256: string }> {
  const account = await readAccount(tx, { id: campaign.accountId });
  if (account === undefined) throw new Refusal('GATEWAY_NOT_FOUND');
  const now = deps.clock.now();
  const counted = await count(tx, deps, { campaign, account, at: now.toISO() });
  const ratePerSecond = rateOf(campaign, account);
  const report = reportOf(campaign, counted, { now, language: deps.language, ratePerSecond });
  return { report, sha256: createHash('sha256').update(canonicalJson(report)).digest('hex') };
}

interface Rehearsed {
  readonly campaign: Campaign;
  readonly account: CampaignAccount;
  readonly at: string;
}

async function count(
  tx: Transaction,
  deps: RehearsalDeps,
  { campaign, account, at }: Rehearsed,
): Promise<Counted> {
  const { purpose, brandId, price, budget, currency } = campaign;
  const keys = (): Promise<TenantKeys> => Promise.resolve(deps.keys);
  const stale = await staleInText(tx, deps, { campaign, account });
  const audience = await readableAudience(tx, keys, { audience: campaign.audience, at });
  const pictured = await pictureAudience(tx, { audience, purpose, brandId, fake: account.fake, at });
  const excluded = await excludedInPicture(tx);
  const { weighing, places } = await weigh(tx, deps);
  const weights = weighing.weights();
  const bills = places.flatMap(({ territory, parts }) => {
    const perPart = priceIn(campaign, territory);
    return perPart === null ? [] : [{ price: perPart, parts }];
  });
  const cost = price === null ? undefined : await costOf(tx, { bills, budget });
  return {
    audience: pictured.reduce((sum, place) => sum + place.count, 0),
    excluded: Object.fromEntries(excluded.map(({ reason, people }) => [reason, people])),
    weights,
    places,
    cost: cost === undefined ? null : { amount: cost.amount, currency },
    withinBudget: cost?.withinBudget ?? null,
    stale,
  };
}

type WeighedPlace = Counted['places'][number] & { readonly parts: number };

/** Composes the final text of everybody, or one for each locality where all texts are the same. */
async function weigh(
  tx: Transaction,
  { composer, isSameForAll }: Pick<RehearsalDeps, 'composer' | 'isSameForAll'>,
): Promise<{ readonly weighing: Weighing; readonly places: readonly WeighedPlace[] }> {
  const weighing = new Weighing();
  const places = [];
  for (const place of await servableInPicture(tx)) {
    const { parts: before } = weighing;
    let leaving = 0;
    for (let after = 0, most = isSameForAll ? 1 : PAGE; ;) {
      const page = await picturedPage(tx, { ...place, after, most });
      for (const row of page) {
        const { contactId } = row;
        leaving += weighing.add(composer.compose(row), { people: isSameForAll ? place.count : 1, contactId });
      }
      const last = page.at(-1);
      if (last === undefined || isSameForAll || page.length < most) break;
      after = last.seq;
    }
    const { territory, timeZone } = place;
    if (leaving > 0) places.push({ territory, timeZone, count: leaving, parts: weighing.parts - before });
  }
  return { weighing, places };
}

/** Whether a text names nothing that differs from one person of a locality to the next. */
export const isSameText = (text: string): boolean =>
  [...text.matchAll(/\{([A-Za-z]\w*)/g)].every(([, name = '']) => COMMON.has(name));

const COMMON = new Set(['stop', 'brand']);
