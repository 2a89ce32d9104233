import {
  isProhibitedName,
  prohibitedTrades,
  isProhibitedSector,
  youngReaders,
  promotionalWords,
  recallWords,
  serviceWords,
  folded,
  isShortener,
  isUnder,
  links,
  premiumNumbers,
  type Hit,
  type TextLink,
} from './word-list.ts';
import { type Purpose, type Day, SENDER_LENGTH, senderFault } from '../../rule/index.ts';
import { type Finding, findingOf } from './finding.ts';
import { healthRoot, healthWords, practitioners } from './health-word.ts';
import { staleWords } from './stale-word.ts';
import { bilingual, type Language } from '../../words/index.ts';

/** The facts that rules on words need besides the text. */
export interface Setting {
  readonly purpose: Purpose;
  readonly language: Language;
  readonly sector?: string | undefined;
  readonly sender?: string | undefined;
  readonly brand?: string | undefined;
  readonly ownDomains?: readonly string[] | undefined;
  readonly startsOn?: string | undefined;
}

/** Finds words that a purpose or a sector forbids, and days that may have passed when the text is read. */
export function wordFindings(text: string, setting: Setting): readonly Finding[] {
  return [
    ...promotionFindings(text, setting),
    ...tradeFindings(text, setting),
    ...healthFindings(text, setting),
    ...staleFindings(text, setting),
  ];
}

/** Finds what a value adds to the text it fills: promotion, health, or a link to a paid service. */
export function valueFindings(value: string, setting: Setting): readonly Finding[] {
  const { purpose, language } = setting;
  const promotions = purpose === 'marketing' || purpose === 'acknowledgement' ? [] : promotionalWords(value);
  return [
    // A warning, since a contract may be called "Offre Duo": only the author can know.
    ...promotions.map((hit) =>
      findingOf('PROMOTION_IN_FUNCTIONAL', language, { ...hit, severity: 'warning' }),
    ),
    ...(purpose === 'marketing' ? distinct(prohibitedTrades(value)) : []).map((hit) =>
      findingOf('TRADE_BARRED', language, hit),
    ),
    ...healthFindings(value, setting),
    ...premiumNumbers(value).map((hit) => findingOf('PREMIUM_NUMBER', language, hit)),
    ...links(value).flatMap((link) => linkFindings(link, setting)),
  ];
}

/** Checks premium numbers, links, and whether the brand comes first. */
export function surfaceFindings(text: string, setting: Setting): readonly Finding[] {
  const { language } = setting;
  return [
    ...premiumNumbers(text).map((hit) => findingOf('PREMIUM_NUMBER', language, hit)),
    ...links(text).flatMap((link) => linkFindings(link, setting)),
    ...brandFindings(text, setting),
  ];
}

function promotionFindings(text: string, { purpose, language }: Setting): readonly Finding[] {
  if (purpose === 'marketing')
    return serviceWords(text).map((hit) => findingOf('SERVICE_IN_MARKETING', language, hit));
  // The acknowledgement of a STOP names the offers that it ends.
  if (purpose === 'acknowledgement') return [];
  return [
    ...promotionalWords(text).map((hit) => findingOf('PROMOTION_IN_FUNCTIONAL', language, hit)),
    ...recallWords(text).map((hit) =>
      findingOf('PROMOTION_IN_FUNCTIONAL', language, { ...hit, severity: 'warning' }),
    ),
  ];
}

/** Finds trades that may not prospect, and words that address minors. */
function tradeFindings(text: string, { purpose, language, sender, sector }: Setting): readonly Finding[] {
  if (purpose !== 'marketing') return [];
  const linked = links(text).filter(({ words }) => isProhibitedName(words));
  return [
    ...(isProhibitedSector(sector) ? [findingOf('SECTOR_BARRED', language)] : []),
    ...distinct([...prohibitedTrades(text), ...linked]).map((hit) =>
      findingOf('TRADE_BARRED', language, hit),
    ),
    ...(sender !== undefined && isProhibitedName(sender)
      ? [findingOf('TRADE_BARRED', language, { words: sender, in: 'sender' })]
      : []),
    ...youngReaders(text).map((hit) => findingOf('ADDRESSED_TO_MINORS', language, hit)),
  ];
}

/** Finds health data in a text, its links or a name; empty outside the sector `health`. */
export function healthFindings(
  text: string,
  { sector, language }: Pick<Setting, 'sector' | 'language'>,
): readonly Finding[] {
  if (sector !== 'health') return [];
  const linked = links(text).filter(({ words }) => healthRoot(words) !== undefined);
  const found = [...healthWords(text), ...linked];
  return [
    ...distinct(found).map((hit) => findingOf('HEALTH_WORD', language, hit)),
    ...practitioners(text).map((hit) => findingOf('PRACTITIONER_NAMED', language, hit)),
  ];
}

const distinct = (hits: readonly Hit[]): readonly Hit[] =>
  hits.filter((hit, index) => hits.findIndex(({ at }) => at === hit.at) === index);

/** A date that stays true for more days than a week of holidays is only a notice. */
const SOON_DAYS = 10;

/**
 * Finds days that may be false when the text is read; a date is only a notice when the first departure is unknown.
 */
function staleFindings(text: string, { startsOn, language }: Setting): readonly Finding[] {
  const anyDay = '2024-01-01';
  return staleWords(text, startsOn ?? anyDay).map(({ at, words, sense, trueUntil }) => {
    const isSoon = startsOn !== undefined && daysBetween(startsOn, trueUntil) <= SOON_DAYS;
    const severity = sense === 'relative' || isSoon ? 'warning' : 'notice';
    const hint = startsOn !== undefined && trueUntil < startsOn ? PASSED : undefined;
    return findingOf('STALE_WHEN_HELD', language, { at, words, severity, hint });
  });
}

const PASSED = bilingual.sms.dayHasPassed;

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

function linkFindings(link: TextLink, { language, ownDomains = [] }: Setting): readonly Finding[] {
  if (isShortener(link.host)) return [findingOf('LINK_SHORTENED', language, link)];
  if (ownDomains.length === 0 || isUnder(link.host, ownDomains)) return [];
  return [findingOf('LINK_NOT_YOURS', language, link)];
}

function brandFindings(text: string, { brand, language }: Setting): readonly Finding[] {
  if (brand === undefined || brand === '') return [];
  const opening = letters(text).slice(0, 60);
  const isNamed = /^\s*\{(?:brand|practice)\b/.test(text) || opening.startsWith(letters(brand));
  return isNamed ? [] : [findingOf('BRAND_NOT_FIRST', language, { words: brand })];
}

const letters = (text: string): string => folded(text).replace(/[^\p{L}\p{N}]/gu, '');

/** The day of the law, the tenant and the language for judging a sender. */
interface SenderTerms {
  readonly on: Day;
  readonly language?: Language;
  readonly sector?: string | undefined;
}

/** Checks a sender; empty when operators take it. */
export function checkSender(
  sender: string,
  { on, language = 'fr', sector = 'general' }: SenderTerms,
): readonly Finding[] {
  const spot = { words: sender, in: 'sender' } as const;
  const fault = senderFault(sender, on);
  if (fault !== undefined) return [findingOf(fault, language, spot)];
  const root = sector === 'health' ? healthRoot(sender) : undefined;
  return root === undefined ? [] : [findingOf('HEALTH_WORD', language, spot)];
}

/**
 * Derives a sender from a brand: its letters and digits, cut to the longest lawful name; undefined when operators
 * refuse it.
 */
export function senderFromBrand(brand: string, on: Day): string | undefined {
  const sender = brand
    .replace(/œ/g, 'oe')
    .replace(/Œ/g, 'OE')
    .replace(/æ/g, 'ae')
    .replace(/Æ/g, 'AE')
    .replace(/ß/g, 'ss')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, SENDER_LENGTH.on(on).most);
  return checkSender(sender, { on }).length === 0 ? sender : undefined;
}
