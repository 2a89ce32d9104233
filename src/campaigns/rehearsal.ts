import { createHash } from 'node:crypto';
import { setImmediate as breath } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { canonicalJson } from '../contacts/canonical-json.ts';
import type { Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/tenant-keys.ts';
import { Refusal } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import type { ReadyRow } from '../messages/page.repository.ts';
import type { Composer } from '../messages/prepared.ts';
import { rateOf } from './campaign-rate.ts';
import { priceIn } from './campaign-route.ts';
import { readAccount, type Campaign, type CampaignAccount } from './campaign.repository.ts';
import { pictureAudience } from './freeze.repository.ts';
import {
  costOf,
  excludedInPicture,
  measurePicture,
  picturedPage,
  servableInPicture,
  type PicturedPlace,
  type Weighed,
} from './rehearsal.repository.ts';
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
  /** Told after each page how far it is. */
  readonly told?: ((far: Weighed) => Promise<void>) | undefined;
}

const PAGE = 2_000;
/** Texts made in one go: whoever else asks this process something waits no longer than a few milliseconds. */
const IN_ONE_GO = 100;

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
  await measurePicture(tx);
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
  deps: Pick<RehearsalDeps, 'composer' | 'isSameForAll' | 'told'>,
): Promise<{ readonly weighing: Weighing; readonly places: readonly WeighedPlace[] }> {
  const weighing = new Weighing();
  const places = [];
  const servable = await servableInPicture(tx);
  const people = servable.reduce((sum, place) => sum + place.count, 0);
  let weighed = 0;
  for (const place of servable) {
    const { parts: before } = weighing;
    let leaving = 0;
    for await (const page of pagesOf(tx, deps, place)) {
      leaving += await weighPage(deps, weighing, { page, people: deps.isSameForAll ? place.count : 1 });
      weighed += deps.isSameForAll ? place.count : page.length;
      await deps.told?.({ weighed, people });
    }
    const { territory, timeZone } = place;
    if (leaving > 0) places.push({ territory, timeZone, count: leaving, parts: weighing.parts - before });
  }
  return { weighing, places };
}

/** The people of one locality, page by page; one of them where all texts are the same. */
async function* pagesOf(
  tx: Transaction,
  { isSameForAll }: Pick<RehearsalDeps, 'isSameForAll'>,
  place: PicturedPlace,
): AsyncGenerator<readonly ReadyRow[], void> {
  const most = isSameForAll ? 1 : PAGE;
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: readonly ReadyRow[] = await picturedPage(tx, { ...place, after, most });
    yield page;
    after = isSameForAll || page.length < most ? undefined : page.at(-1)?.seq;
  }
}

/** Adds the texts of a page; answers how many people would receive something. */
async function weighPage(
  { composer }: Pick<RehearsalDeps, 'composer'>,
  weighing: Weighing,
  { page, people }: { readonly page: readonly ReadyRow[]; readonly people: number },
): Promise<number> {
  let leaving = 0;
  for (const [turn, row] of page.entries()) {
    leaving += weighing.add(composer.compose(row), { people, contactId: row.contactId });
    if (turn % IN_ONE_GO === IN_ONE_GO - 1) await breath();
  }
  return leaving;
}

/** Whether a text names nothing that differs from one person of a locality to the next. */
export const isSameText = (text: string): boolean =>
  [...text.matchAll(/\{([A-Za-z]\w*)/g)].every(([, name = '']) => COMMON.has(name));

const COMMON = new Set(['stop', 'brand']);
