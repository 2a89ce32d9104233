import type { Language, Words } from '../law/rule.ts';

/** `error` keeps a text from leaving, `warning` asks for a look, `notice` only tells. */
type Severity = 'error' | 'warning' | 'notice';

/** What a finding is about: the text, another field, or the value of one variable. */
export type Field = 'text' | 'sender' | 'name' | `variable:${string}`;

/** Something a text, a sender or a name does that a rule speaks of. */
export interface Finding {
  /** Rule of the law (`TXT-03`), or the code itself when no rule carries it. */
  readonly ruleId: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Where `at` counts. */
  readonly in: Field;
  /** Position in UTF-16 units of that field; 0 when it concerns the whole. */
  readonly at: number;
  readonly message: string;
}

interface Sort {
  readonly ruleId: string;
  readonly severity: Severity;
  /** `%s` stands for the words at fault. */
  readonly message: Words;
}

const SORTS = {
  TEXT_EMPTY: {
    ruleId: 'TXT-02',
    severity: 'error',
    message: {
      fr: 'Le texte est vide : rien ne serait envoyé.',
      en: 'The text is empty: nothing would be sent.',
    },
  },
  VARIABLE_UNKNOWN: {
    ruleId: 'VARIABLE_UNKNOWN',
    severity: 'error',
    message: {
      fr: 'Variable inconnue ou non admise ici : %s.',
      en: 'Variable unknown or not allowed here: %s.',
    },
  },
  VARIABLE_MALFORMED: {
    ruleId: 'VARIABLE_MALFORMED',
    severity: 'error',
    message: {
      fr: 'Une variable s’écrit {nom} ou {nom|à défaut} : %s.',
      en: 'A variable is written {name} or {name|otherwise}: %s.',
    },
  },
  BRACE_ALONE: {
    ruleId: 'BRACE_ALONE',
    severity: 'error',
    message: { fr: 'Accolade seule : %s.', en: 'A brace on its own: %s.' },
  },
  CLAUSE_MAY_VANISH: {
    ruleId: 'CLAUSE_MAY_VANISH',
    severity: 'notice',
    message: {
      fr: 'Sans valeur pour %s, ce membre de phrase disparaît ; donnez une alternative : {nom|à défaut}.',
      en: 'Without a value for %s this clause is dropped; give an alternative: {name|otherwise}.',
    },
  },
  NOT_GSM7: {
    ruleId: 'TXT-02',
    severity: 'warning',
    message: {
      fr: 'Le caractère « %s » fait passer tout le message en UCS-2 : 70 caractères au lieu de 160.',
      en: 'The character "%s" moves the whole message to UCS-2: 70 characters instead of 160.',
    },
  },
  TOO_MANY_PARTS: {
    ruleId: 'TXT-02',
    severity: 'error',
    message: {
      fr: 'Message en %s parties, plus que permis : raccourcissez-le, ou relevez la limite.',
      en: 'The message takes %s parts, more than allowed: shorten it, or raise the limit.',
    },
  },
  STOP_MENTION_ADDED: {
    ruleId: 'OPT-06',
    severity: 'warning',
    message: {
      fr: 'Aucun moyen de dire stop dans ce texte publicitaire : « %s » sera ajouté à la fin.',
      en: 'This advertising text has no way to say stop: "%s" will be added at its end.',
    },
  },
  OPT_OUT_IMPOSSIBLE: {
    ruleId: 'OPT-06',
    severity: 'error',
    message: {
      fr: 'Aucun moyen de dire stop ne fonctionne avec cet expéditeur, ce compte et ce territoire : prenez un compte à numéro court, un expéditeur qui reçoit, ou donnez une adresse publique aux liens.',
      en: 'No way to say stop works with this sender, account and territory: take an account with a short code, a sender that receives, or give links a public address.',
    },
  },
  STOP_CODE_NOT_YOURS: {
    ruleId: 'OPT-06',
    severity: 'error',
    message: {
      fr: 'Le numéro court %s n’est pas celui de ce compte : un STOP s’y perdrait.',
      en: 'The short code %s is not of this account: a STOP would be lost there.',
    },
  },
  REPLY_IMPOSSIBLE: {
    ruleId: 'OPT-07',
    severity: 'error',
    message: {
      fr: '« %s » : cet expéditeur ne reçoit pas de réponse ; écrivez {stop} à la place.',
      en: '"%s": this sender receives no reply; write {stop} instead.',
    },
  },
  ANSWERS_IMPOSSIBLE: {
    ruleId: 'ANSWERS_IMPOSSIBLE',
    severity: 'error',
    message: {
      fr: '« %s » demande une réponse, et ce compte n’en reçoit pas : retirez-la, ou prenez un compte qui en reçoit.',
      en: '"%s" asks for an answer, and this account receives none: take it out, or take an account that does.',
    },
  },
  PROMOTION_IN_FUNCTIONAL: {
    ruleId: 'TXT-03',
    severity: 'error',
    message: {
      fr: '« %s » est publicitaire : un message de service qui en contient devient de la prospection. Retirez-le, ou envoyez-le en campagne à ceux qui ont dit oui aux offres.',
      en: '"%s" is advertising: a service message that holds any becomes prospecting. Take it out, or send it as a campaign to those who agreed to offers.',
    },
  },
  SERVICE_IN_MARKETING: {
    ruleId: 'TXT-03',
    severity: 'warning',
    message: {
      fr: '« %s » est un message de service : en publicité il attend lundi et n’atteint que ceux qui ont dit oui aux offres. Envoyez-le sous sa propre finalité.',
      en: '"%s" is a service message: as advertising it waits for Monday and reaches only those who agreed to offers. Send it under its own purpose.',
    },
  },
  TRADE_BARRED: {
    ruleId: 'SEC-01',
    severity: 'error',
    message: {
      fr: '« %s » : la prospection par SMS est interdite pour le compte formation, la rénovation énergétique et l’adaptation du logement.',
      en: '"%s": prospecting by SMS is barred for training accounts, energy renovation and home adaptation.',
    },
  },
  SECTOR_BARRED: {
    ruleId: 'SEC-01',
    severity: 'error',
    message: {
      fr: 'Votre secteur ne peut pas prospecter par SMS : seul un message lié à un contrat en cours part, sous sa propre finalité.',
      en: 'Your sector may not prospect by SMS: only a message tied to a contract in progress leaves, under its own purpose.',
    },
  },
  ADDRESSED_TO_MINORS: {
    ruleId: 'CON-05',
    severity: 'warning',
    message: {
      fr: '« %s » : aucune publicité ne part vers un mineur ; adressez l’offre à l’adulte qui y a consenti.',
      en: '"%s": no advertising leaves for a minor; address the offer to the adult who agreed.',
    },
  },
  HEALTH_WORD: {
    ruleId: 'TXT-01',
    severity: 'error',
    message: {
      fr: '« %s » renseigne sur la santé : ni spécialité, ni motif, ni examen dans un SMS ; « rendez-vous » suffit.',
      en: '"%s" tells about health: no specialty, reason or examination in an SMS; "appointment" is enough.',
    },
  },
  PRACTITIONER_NAMED: {
    ruleId: 'TXT-01',
    severity: 'warning',
    message: {
      fr: '« %s » : un annuaire public donne la spécialité d’un praticien nommé ; le nom du cabinet suffit.',
      en: '"%s": a public directory gives the specialty of a named practitioner; the name of the practice is enough.',
    },
  },
  PREMIUM_NUMBER: {
    ruleId: 'TXT-04',
    severity: 'error',
    message: {
      fr: '« %s » est surtaxé : donnez un numéro au prix d’un appel ou d’un SMS ordinaire.',
      en: '"%s" is premium-rate: give a number at the price of a plain call or SMS.',
    },
  },
  LINK_SHORTENED: {
    ruleId: 'TXT-04',
    severity: 'error',
    message: {
      fr: '« %s » cache où il mène : donnez une adresse de votre propre domaine.',
      en: '"%s" hides where it leads: give an address of your own domain.',
    },
  },
  LINK_NOT_YOURS: {
    ruleId: 'TXT-04',
    severity: 'error',
    message: {
      fr: '« %s » mène hors de vos domaines : liez le vôtre, ou ajoutez celui-ci s’il est à vous.',
      en: '"%s" leads outside your domains: link to yours, or add this one if it is yours.',
    },
  },
  STALE_WHEN_HELD: {
    ruleId: 'STALE_WHEN_HELD',
    severity: 'warning',
    message: {
      fr: '« %s » devient faux pour qui reçoit le message plus tard : donnez une fin à l’envoi, ou une date plus lointaine.',
      en: '"%s" grows false for whoever gets the message later: give the sending an end, or write a later date.',
    },
  },
  BRAND_NOT_FIRST: {
    ruleId: 'SND-03',
    severity: 'warning',
    message: {
      fr: 'Le message doit s’ouvrir sur qui écrit : commencez par « %s ».',
      en: 'The message must open with who writes: begin with "%s".',
    },
  },
  SENDER_MALFORMED: {
    ruleId: 'SND-01',
    severity: 'error',
    message: {
      fr: 'Expéditeur « %s » : 3 à 11 lettres et chiffres sans accent ni espace, dont une lettre.',
      en: 'Sender "%s": 3 to 11 letters and digits, no accent or space, at least one letter.',
    },
  },
  SENDER_GENERIC: {
    ruleId: 'SND-01',
    severity: 'error',
    message: {
      fr: 'Expéditeur « %s » : un mot générique ne dit pas qui écrit, les opérateurs le bloquent.',
      en: 'Sender "%s": a generic word does not say who writes, operators block it.',
    },
  },
  SENDER_MOBILE: {
    ruleId: 'SND-02',
    severity: 'error',
    message: {
      fr: 'Expéditeur « %s » : un numéro mobile est interdit aux envois automatisés (Arcep 2018-0881).',
      en: 'Sender "%s": mobile numbers are barred for automated sending (Arcep 2018-0881).',
    },
  },
} as const satisfies Record<string, Sort>;

/** Every code that a finding may carry. */
export type FindingCode = keyof typeof SORTS;

/** Where and about which words; a rule or severity other than the usual one. */
export interface Spot {
  readonly at?: number;
  readonly words?: string;
  readonly ruleId?: string;
  readonly severity?: Severity;
  readonly in?: Field;
  /** What could be written instead, behind the sentence. */
  readonly hint?: Words | undefined;
}

/** A finding in the reader's language. */
export function finding(code: FindingCode, language: Language, spot: Spot = {}): Finding {
  const sort: Sort = SORTS[code];
  const sentence = sort.message[language].replace('%s', () => spot.words ?? '');
  return {
    ruleId: spot.ruleId ?? sort.ruleId,
    code,
    severity: spot.severity ?? sort.severity,
    in: spot.in ?? 'text',
    at: spot.at ?? 0,
    message: spot.hint === undefined ? sentence : `${sentence} ${spot.hint[language]}`,
  };
}

/**
 * What a check finds, each told in each language, for a refusal that somebody of either may read.
 *
 * The check is made for a reader: whatever else it depends on, as the language of the text, stays the same.
 */
export function foundInEach<F extends Place>(
  check: (readBy: Language) => readonly F[],
): readonly (Omit<F, 'message'> & { readonly message: Words })[] {
  const french = check('fr');
  // Most of what people write is found well: it is read once.
  if (french.length === 0) return [];
  const english = Map.groupBy(check('en'), placeOf);
  const inEach = ({ message: fr, ...found }: F): Omit<F, 'message'> & { readonly message: Words } => {
    const en = english.get(placeOf(found))?.shift()?.message;
    if (en === undefined) throw new TypeError(`${found.code} was found for a reader of French alone.`);
    return { ...found, message: { fr, en } };
  };
  return french.map(inEach);
}

/** What tells one finding of a check from another. */
interface Place {
  readonly code: string;
  readonly in?: string;
  readonly at: number;
  readonly message: string;
}

const placeOf = ({ code, in: field = '', at }: Omit<Place, 'message'>): string => `${code} ${field} ${at}`;

/** Its sentence followed by the rule that it names. */
export const withRule = ({ fr, en }: Words, ruleId: string): Words => ({
  fr: `${fr} (${ruleId})`,
  en: `${en} (${ruleId})`,
});

/** The same finding, about another field than the text. */
export const within = (field: Field, found: Finding): Finding => ({ ...found, in: field });
