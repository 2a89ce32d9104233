import { type Hit, hits } from './word-list.ts';

const whole = (words: readonly string[]): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`, 'gu');

/** Trades that may not prospect by SMS: training accounts (L6323-8-1), energy and homes (L223-8). */
const PROHIBITED_TRADES = whole([
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

/** Offers to people whom no offer may reach. */
const YOUNG = whole([
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

/** Finds words of a trade to which prospecting is forbidden. */
export const prohibitedTrades = (text: string): readonly Hit[] => hits(text, PROHIBITED_TRADES);

/** Finds words that address an offer to minors. */
export const youngReaders = (text: string): readonly Hit[] => hits(text, YOUNG);

/** Finds such a trade in a name without spaces: `MaPrimeRenov`, `cpf-formation.fr`. */
export const isProhibitedName = (name: string): boolean =>
  /cpf|compteformation|primerenov|primeadapt|photovolt/.test(name.toLowerCase().replace(/[^a-z0-9]/g, ''));
