import { createHash } from 'node:crypto';
import { setImmediate as letOthersRun } from 'node:timers/promises';
import { Refusal, type Clock, type Transaction } from '../../platform/index.ts';
import { canonicalJson } from '../../base/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { lineName, wholeOf, type ReadyRow, type PartPrice, type Composer } from '../../sending/index.ts';
import { costOfParts, micros, measure, maskPhone } from '../../sms/index.ts';
import { rateOf } from './departure.ts';
import { readAccount, type Campaign, type CampaignAccount } from '../campaign.repository.ts';
import { pictureAudience, type FrozenPlace } from '../audience/freeze.repository.ts';
import {
  excludedInPicture,
  measurePicture,
  picturedPage,
  servableInPicture,
  readyRowsOf,
  type WeighedSoFar,
} from './rehearsal.repository.ts';
import { reportOf, Weighing, type RehearsalCounts, type RehearsalReport } from './rehearsal-report.ts';
import { readableAudience } from '../audience/series-audience.ts';
import { staleWordsIn } from '../draft/refusals.ts';
import type { Language } from '../../words/index.ts';

/** An account, with its price of a part to a number of a territory; undefined where none is configured. */
interface PricedAccount {
  readonly gateway: string;
  readonly territory: string;
  readonly price: PartPrice | undefined;
}

/** What a rehearsal needs. */
export interface RehearsalDeps {
  readonly clock: Clock;
  readonly keys: TenantKeys;
  readonly language: Language;
  /** The composer of the send path. */
  readonly composer: Composer;
  /** True when every person of a locality gets the same text, at the same price. */
  readonly isSameForAll: boolean;
  /** Returns the account for people of a territory, with its price of a part to a number. */
  readonly carrierOf: (territory: string, to: string) => PricedAccount;
  /** Called after each page with the progress. */
  readonly onProgress?: ((far: WeighedSoFar) => Promise<void>) | undefined;
}

const PAGE = 2_000;

/** Texts composed without a pause, so that other requests to this process wait a few milliseconds at most. */
const TEXTS_A_PAUSE = 100;

/**
 * Does what a launch at this moment would do, up to the last look, and counts the results; audience, checks, texts and
 * law are those of the send path. Nothing is sent, marked or reserved. Returns the report with its SHA-256.
 */
export async function rehearse(tx: Transaction, deps: RehearsalDeps, campaign: Campaign) {
  const account = await readAccount(tx, { id: campaign.accountId });
  if (account === undefined) throw new Refusal('GATEWAY_NOT_FOUND');
  const now = deps.clock.now();
  const counted = await countAll(tx, deps, { campaign, account, at: now.toISO() });
  const ratePerSecond = rateOf(campaign, account);
  const report = reportOf(campaign, counted, { now, language: deps.language, ratePerSecond });
  return { report, sha256: createHash('sha256').update(canonicalJson(report)).digest('hex') };
}

async function countAll(
  tx: Transaction,
  deps: RehearsalDeps,
  about: { readonly campaign: Campaign; readonly account: CampaignAccount; readonly at: string },
): Promise<RehearsalCounts> {
  const { campaign, account, at } = about;
  const { purpose, brandId, budget } = campaign;
  const keys = (): Promise<TenantKeys> => Promise.resolve(deps.keys);
  const stale = await staleWordsIn(tx, deps, { campaign, account });
  const audience = await readableAudience(tx, keys, { audience: campaign.audience, at });
  const pictured = await pictureAudience(tx, { audience, purpose, brandId, fake: account.fake, at });
  await measurePicture(tx);
  const excluded = await excludedInPicture(tx);
  const { weighing, places, costs, costLines } = await composeAll(tx, deps);
  const weights = weighing.weights();
  const cost = wholeOf(costs.map((one) => one.cost));
  return {
    audience: pictured.reduce((sum, place) => sum + place.count, 0),
    excluded: Object.fromEntries(excluded.map(({ reason, people }) => [reason, people])),
    weights,
    places,
    cost,
    costs,
    costLines,
    withinBudget: budget === null || cost === null ? null : micros(cost.amount) <= micros(budget),
    stale,
  };
}

/** The parts that each account carries to numbers of each territory. */
type Parts = Map<string, { readonly account: PricedAccount; parts: number }>;

/** Composes the text of everybody, or one for each locality where all texts are the same. */
async function composeAll(
  tx: Transaction,
  deps: Pick<RehearsalDeps, 'composer' | 'isSameForAll' | 'onProgress' | 'carrierOf'>,
) {
  const weighing = new Weighing();
  const parts: Parts = new Map();
  const places: FrozenPlace[] = [];
  const servable = await servableInPicture(tx);
  const people = servable.reduce((sum, place) => sum + place.count, 0);
  let weighed = 0;
  for (const place of servable) {
    let recipients = 0;
    for await (const page of pagesOf(tx, deps, place)) {
      const each = deps.isSameForAll ? place.count : 1;
      recipients += await composePage(deps, { weighing, parts }, { page, people: each });
      weighed += deps.isSameForAll ? place.count : page.length;
      await deps.onProgress?.({ weighed, people });
    }
    if (recipients > 0) places.push({ ...place, count: recipients });
  }
  const costLines = linesOf(parts);
  return { weighing, places, costs: costsOf(costLines), costLines };
}

/** Lists the cost of each account's parts by territory, in order of their names. */
const linesOf = (parts: Parts): RehearsalCounts['costLines'] =>
  [...parts.values()]
    .map(({ account: { gateway, territory, price }, parts: many }) => ({
      gateway,
      territory,
      parts: many,
      cost:
        price === undefined ? null : { amount: costOfParts(price.perPart, many), currency: price.currency },
    }))
    .toSorted((one, other) => (lineName(one) < lineName(other) ? -1 : 1));

/** Sums the cost lines of each account. */
const costsOf = (lines: RehearsalCounts['costLines']): RehearsalCounts['costs'] =>
  [...Map.groupBy(lines, ({ gateway }) => gateway)].map(([gateway, those]) => ({
    gateway,
    parts: those.reduce((sum, one) => sum + one.parts, 0),
    cost: wholeOf(those.map(({ cost }) => cost)),
  }));

/** Yields the people of one locality, page by page; only one person where all texts are the same. */
async function* pagesOf(
  tx: Transaction,
  { isSameForAll }: Pick<RehearsalDeps, 'isSameForAll'>,
  place: FrozenPlace,
): AsyncGenerator<readonly ReadyRow[], void> {
  const most = isSameForAll ? 1 : PAGE;
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: readonly ReadyRow[] = await picturedPage(tx, { ...place, after, most });
    yield page;
    after = isSameForAll || page.length < most ? undefined : page.at(-1)?.seq;
  }
}

/** Composes and counts the texts of a page; returns the number of recipients. */
async function composePage(
  { composer, carrierOf }: Pick<RehearsalDeps, 'composer' | 'carrierOf'>,
  { weighing, parts }: { readonly weighing: Weighing; readonly parts: Parts },
  { page, people }: { readonly page: readonly ReadyRow[]; readonly people: number },
): Promise<number> {
  let recipients = 0;
  for (const [index, row] of page.entries()) {
    const composed = composer.compose(row);
    recipients += weighing.add(composed, { people, contactId: row.contactId });
    if (composed.kind === 'text')
      addParts(parts, carrierOf(row.territory ?? '', composed.to), composed.parts * people);
    if (index % TEXTS_A_PAUSE === TEXTS_A_PAUSE - 1) await letOthersRun();
  }
  return recipients;
}

function addParts(parts: Parts, account: PricedAccount, many: number): void {
  const name = lineName(account);
  const known = parts.get(name) ?? { account, parts: 0 };
  known.parts += many;
  parts.set(name, known);
}

/** Says whether a text has no variable that differs among the people of a locality. */
export const isSameText = (text: string): boolean =>
  [...text.matchAll(/\{([A-Za-z]\w*)/g)].every(([, name = '']) => COMMON.has(name));

const COMMON = new Set(['stop', 'brand']);

/** Composes the cheapest and the dearest text of a rehearsal again; null for a person who is gone since. */
export async function examplesOf(
  tx: Transaction,
  composer: Composer,
  report: Pick<RehearsalReport, 'cheapest' | 'dearest'> | null,
) {
  const named = [report?.cheapest, report?.dearest].flatMap((one) => (one == null ? [] : [one.contactId]));
  const rows = await readyRowsOf(tx, named);
  const exampleOf = (contactId: string | undefined) => {
    const row = rows.find((one) => one.contactId === contactId);
    const composed = row === undefined ? undefined : composer.compose(row);
    if (composed?.kind !== 'text') return null;
    const { to, text } = composed;
    return { to: maskPhone(to), text, ...measure(text) };
  };
  return { cheapest: exampleOf(report?.cheapest?.contactId), dearest: exampleOf(report?.dearest?.contactId) };
}
