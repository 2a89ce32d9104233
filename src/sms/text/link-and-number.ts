import { folded, type Hit, hits } from './word-list.ts';

/** 081, 082, 089 and the 118s cost more than a call; so do SMS to 4xxxx–8xxxx. */
const PREMIUM =
  /(?<![\d+])(?:(?:\+|00)33[ .-]?(?:\(0\)[ .-]?)?|0)[ .-]?8[ .-]?(?:[129])(?:[ .-]?\d){7}(?!\d)|(?<!\d)118[ .-]?\d{3}(?!\d)|(?<=(?:envoyez|envoyer|sms|tapez|par sms) (?:\p{L}+ )?(?:au|a|to) )[4-8]\d{4}(?!\d)/gu;

const SHORTENERS = [
  'adf.ly',
  'amzn.to',
  'bit.do',
  'bit.ly',
  'bitly.com',
  'bl.ink',
  'buff.ly',
  'clk.sh',
  'cutt.ly',
  'dub.sh',
  'fb.me',
  'goo.gl',
  'is.gd',
  'j.mp',
  'lc.cx',
  'lnkd.in',
  'lnk.to',
  'ouo.io',
  'ow.ly',
  'rb.gy',
  'rebrand.ly',
  'rebrandly.com',
  's.id',
  'short.io',
  'shorturl.at',
  'smarturl.it',
  'snip.ly',
  't.co',
  't.ly',
  'tiny.cc',
  'tinyurl.com',
  'trib.al',
  'urlr.me',
  'urlz.fr',
  'v.gd',
  'wa.link',
] as const;

const LINK = /(?:https?:\/\/|(?<![\p{L}\p{N}@.-]))((?:[a-z0-9-]+\.)+[a-z]{2,24})(?::\d+)?(?:\/[^\s]*)?/gu;

/** A link of a text and its host. */
export interface TextLink extends Hit {
  readonly host: string;
}

/** Finds numbers that cost more than a plain call or text. */
export const premiumNumbers = (text: string): readonly Hit[] => hits(text, PREMIUM);

/** Finds the links of a text, with or without "https://". */
export function links(text: string): readonly TextLink[] {
  return Array.from(folded(text).matchAll(LINK), ({ index, 0: found, 1: host = '' }) => ({
    at: index,
    words: text.slice(index, index + found.length).replace(/(?<![.,;:!?)])[.,;:!?)]+$/, ''),
    host,
  })).filter(({ words, host }) => /^https?:/i.test(words) || words.includes('/') || isShortener(host));
}

/** Says whether a host is a link shortener, which hides the target. */
export const isShortener = (host: string): boolean =>
  SHORTENERS.some((shortener) => host === shortener || host.endsWith(`.${shortener}`));

/** Says whether a host is one of the given domains or below it. */
export const isUnder = (host: string, domains: readonly string[]): boolean =>
  domains.some((domain) => host === domain.toLowerCase() || host.endsWith(`.${domain.toLowerCase()}`));
