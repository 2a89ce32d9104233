/** Words found in a text, as written there. */
export interface Hit {
  /** Position in UTF-16 units of the composed text. */
  readonly at: number;
  readonly words: string;
}

/**
 * Removes accents and case and keeps the length in UTF-16 units, so that a word is listed once and a hit keeps its
 * position in the original.
 */
export function folded(text: string): string {
  if (text !== lastFolded.text) lastFolded = { text, bare: Array.from(text, foldCharacter).join('') };
  return lastFolded.bare;
}

/** The last text is kept, since a dozen lists read the same text one after the other. */
let lastFolded = { text: '', bare: '' };

function foldCharacter(character: string): string {
  const known = REMEMBERED.get(character);
  if (known !== undefined) return known;
  const result = foldUncached(character);
  if (REMEMBERED.size < MOST_REMEMBERED) REMEMBERED.set(character, result);
  return result;
}

const REMEMBERED = new Map<string, string>();
const MOST_REMEMBERED = 2_000;

function foldUncached(character: string): string {
  const letter = character.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const same =
    letter.length === character.length ? letter : character.length === 1 ? (letter[0] ?? ' ') : character;
  return same
    .replace(/[’‘ʼ]/g, "'")
    .replace(/[‐‑–—−]/g, '-')
    .replace(/[\u00a0\u202f\u2009]/g, ' ');
}

/** Finds every match of a pattern; patterns are written without accents. */
export function hits(text: string, pattern: RegExp): Hit[] {
  return Array.from(folded(text).matchAll(pattern), ({ index, 0: found }) => ({
    at: index,
    words: text.slice(index, index + found.length),
  }));
}

/** Words of advertising, without accents (CNIL, June 2026: one line of advertising is enough to make a text one). */
const PROMOTIONAL = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${[
    'promos?',
    'promotions?',
    'promotionnel(?:le)?s?',
    'offres?(?! d.emploi)',
    'offert(?:e|s|es)?',
    'soldes(?! de tout compte)',
    'ventes? (?:privee|flash)s?',
    'bons? (?:plan|d.achat|de reduction)s?',
    'codes? (?:promo|avantage|reduction|cadeau|parrain\\p{L}*)s?',
    'avec le code',
    'reductions?',
    'remise (?:de \\d|exceptionnelle|immediate|fidelite|supplementaire)\\p{L}*',
    'rabais',
    'destockage',
    'liquidation',
    'cadeaux?',
    'happy hour',
    'moitie prix',
    'remportez',
    'tentez votre chance',
    'tarifs? preferentiels?',
    'points? (?:bonus|doubles?)',
    '(?<!annulation |appel |numero |parking |service |parking est |acces )gratuit(?:e|s|es|ement)?',
    'gagne[rz]',
    'a gagner',
    'jeu[ -]?concours',
    'tirage au sort',
    'parraine[rz]?',
    'parrainage',
    'profite[rz]',
    'exclusivites?',
    'nouvelle collection',
    'nouveautes?',
    'prix (?:casses?|reduits?|mini)',
    'petits? prix',
    'a partir de \\d+(?:[.,]\\d+)? ?(?:€|eur|euros)',
    'black friday',
    'french days',
    'revenez',
    'reabonnez',
    'decouvrez',
    'derniere chance',
    'discounts?',
    'special offers?',
    'on sale',
    'vouchers?',
    'coupons?',
    'deals?',
    'for free',
    'free (?:gift|delivery|trial|shipping)',
    'win',
    'limited time',
  ].join(
    '|',
  )})(?![\\p{L}\\p{N}])|(?<![\\d,.])- ?\\d{1,2} ?%|\\d{1,2} ?% (?:de )?(?:reduction|remise|rabais|off|offerts?|sur|discount)`,
  'gu',
);

/** Invitations to book again, which are advertising unless they are part of a plan of care. */
const RECALL =
  /(?<!\p{L})(?:prenez|reprenez|pensez a prendre) (?:un |votre |un nouveau )?(?:rdv|rendez[- ]vous)|derniere visite/gu;

/** Words of service messages, which people expect whatever they agreed to and which have purposes of their own. */
const SERVICE =
  /(?<!\p{L})(?:rappel de (?:votre )?(?:rdv|rendez[- ]vous)|votre (?:rdv|rendez[- ]vous) (?:du|de|le|est|a)\b|(?:votre )?echeance (?:de|du) |votre (?:facture|prelevement|mensualite)|(?:votre )?(?:contrat|abonnement) (?:\p{L}+ )?(?:se renouvelle|arrive a echeance|prend fin|sera (?:renouvele|reconduit))|impayee?s?|votre (?:colis|commande) (?:est|n|a ete|arrive)|(?:your )?appointment (?:on|is|of)|your (?:invoice|instalment))/gu;

export const serviceWords = (text: string): readonly Hit[] => hits(text, SERVICE);

export const promotionalWords = (text: string): readonly Hit[] => hits(text, PROMOTIONAL);

/** Finds invitations to book again: only a person can tell whether they are advertising or care. */
export const recallWords = (text: string): readonly Hit[] => hits(text, RECALL);

const wholeWords = (words: readonly string[]): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`, 'gu');

/** Trades that may not prospect by SMS: training accounts (L6323-8-1), energy and homes (L223-8). */
const PROHIBITED_TRADES = wholeWords([
  'cpf',
  '(?:mon ?)?compte ?(?:personnel ?(?:de ?)?)?formation',
  'droits? (?:a la |de )?formation',
  'formations? (?:\\p{L}+ )?(?:financees?|prises? en charge) (?:a 100 ?% )?par (?:vos|votre|le|mes|mon) (?:droits|cpf|compte)',
  "ma ?prime ?renov'?\\p{L}{0,8}",
  'ma ?prime ?adapt\\p{L}{0,4}',
  'renovation (?:energetique|thermique|d.ampleur|globale)',
  'isolation (?:thermique|des combles|exterieure|interieure|par l.exterieur|a (?:1|un) ?(?:€|euros?))',
  'isole[rz] (?:vos|votre|les|la|vos murs et) (?:combles|murs|toiture|maison|logement)',
  'pompes? a chaleur',
  'poeles? a (?:granules|bois|pellets)',
  '(?:chauffe[- ]eau|ballons?) (?:solaires?|thermodynamiques?)',
  'chaudieres? a (?:1|un) ?(?:€|euros?)',
  'panneaux? (?:solaires?|photovoltaiques?)',
  'photovoltaiques?',
  'certificats? d.economies? d.energie',
  'primes? (?:cee|energie|renov\\p{L}{0,8})',
  '(?:audit|bilan) energetique',
  'adaptation (?:du|de votre|des) logements?',
  'adapte[rz] (?:votre|son|leur) (?:logement|salle de bains?|maison|douche)',
  'douches? (?:seniors?|securisees?|pmr)',
  'monte[- ]escaliers?',
]);

/** Words that address minors, to whom no offer may be sent. */
const YOUNG = wholeWords([
  'collegiens?',
  'collegiennes?',
  'lyceens?',
  'lyceennes?',
  'ados?',
  'adolescente?s?',
  'mineure?s?',
  '(?:moins|-) de 1[0-8] ans',
  'tu as 1[0-7] ans',
  'teen(?:ager)?s',
  'under 1[0-8]s?',
]);

/** Sectors of a tenant that may not prospect by SMS, whatever the words. */
export const PROHIBITED_SECTORS = ['cpf', 'energy-renovation', 'home-adaptation'] as const;

const prohibitedSectors = new Set<string>(PROHIBITED_SECTORS);

/** Says whether prospecting is forbidden to a tenant's whole trade. */
export const isProhibitedSector = (sector: string | undefined): boolean =>
  sector !== undefined && prohibitedSectors.has(sector);

export const prohibitedTrades = (text: string): readonly Hit[] => hits(text, PROHIBITED_TRADES);

export const youngReaders = (text: string): readonly Hit[] => hits(text, YOUNG);

/** Says whether a name without spaces contains such a trade: `MaPrimeRenov`, `cpf-formation.fr`. */
export const isProhibitedName = (name: string): boolean =>
  /cpf|compteformation|primerenov|primeadapt|photovolt/.test(name.toLowerCase().replace(/[^a-z0-9]/g, ''));

/** Numbers that cost more than a plain call or SMS: 081, 082, 089, 118xxx, and 4xxxx to 8xxxx for SMS. */
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
