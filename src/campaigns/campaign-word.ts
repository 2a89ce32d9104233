import type { Language, Words } from '../law/rule.ts';
import { GATE_WORDS } from '../messages/gate-word.ts';
import type { Because, Reason } from '../messages/plan.ts';
import { LIST_UNREAD } from '../messages/suppressions-word.ts';
import { reasonWords } from '../words/reason.ts';

/** What a campaign says of itself, in each language. */
const WORDS = {
  NOT_LAUNCHED: { fr: 'Brouillon : rien ne part.', en: 'A draft: nothing leaves.' },
  START_AT: { fr: 'Attend l’heure de départ choisie.', en: 'Waits for the chosen start.' },
  START_MISSED: {
    fr: 'Le départ choisi est passé pendant un arrêt : reprenez-la ou annulez-la.',
    en: 'The chosen start passed during an outage: resume it or cancel it.',
  },
  PAUSED: { fr: 'En pause : « Reprendre » pour continuer.', en: 'Paused: "Resume" to go on.' },
  BUDGET: { fr: 'Budget atteint : augmentez-le et reprenez.', en: 'Budget reached: raise it and resume.' },
  CREDIT: {
    fr: 'Plus de crédit chez l’opérateur : rechargez le compte, ou donnez-en un autre à la route, puis reprenez.',
    en: 'No credit left at the operator: refill the account, or give the route another one, then resume.',
  },
  CONFIG: {
    fr: 'L’opérateur refuse le compte ou sa configuration : corrigez-la, ou donnez un autre compte à la route, puis reprenez.',
    en: 'The operator refuses the account or its settings: put them right, or give the route another account, then resume.',
  },
  OPERATOR: { fr: 'Mise à l’arrêt par une personne d’astreinte.', en: 'Parked by an operator.' },
  STOP_PATH_UNPROVEN: {
    fr: 'Aucun STOP n’est encore revenu par ce compte : prouvez son chemin, puis reprenez.',
    en: 'No STOP has come back through this account yet: prove its way out, then resume.',
  },
  SENDING: { fr: 'Les lots partent, chacun à ses heures.', en: 'Batches leave, each in its hours.' },
  UNCERTAIN: {
    fr: 'On vérifie encore si quelques messages sont partis.',
    en: 'Whether some messages left is still being checked.',
  },
  CANCELLED: { fr: 'Annulée : plus rien ne part.', en: 'Cancelled: nothing more leaves.' },
  EXPIRE_AT: { fr: 'Date limite d’envoi passée.', en: 'The sending limit has passed.' },
  FINISHED: { fr: 'Terminée : les comptes sont clos.', en: 'Finished: the accounts are closed.' },
  HALTED: { fr: 'Arrêt demandé par une personne.', en: 'Halted by a person.' },
  SUPPRESSIONS_UNREAD: LIST_UNREAD,
  SEALED: {
    fr: 'L’instance est scellée après une restauration : un administrateur l’ouvre.',
    en: 'The instance is sealed after a restore: an admin opens it.',
  },
  PLACE_UNKNOWN: reasonWords('placeUnknown'),
} as const satisfies Record<string, Words>;

/** What keeps people back while the hours of their place are open. */
const DELAYS = {
  OUT_OF_HOURS: {
    fr: 'Il reste des personnes qui vivent ailleurs depuis, et dont la fenêtre est fermée.',
    en: 'Those who remain live elsewhere by now, where the window is closed.',
  },
  THROTTLED: reasonWords('askedToWait'),
  RETRY: reasonWords('askedToWait'),
  OPERATOR_FAILS: reasonWords('operatorFails'),
  CONFIG: {
    fr: 'Le compte opérateur n’est pas configuré là où les messages partent.',
    en: 'The account is not set up where messages leave from.',
  },
  ...GATE_WORDS,
  GATE_CLOSED: reasonWords('gateClosed'),
} as const satisfies Record<string, Words>;

/** Why people wait in open hours, in the reader's language; nothing for a code that is told elsewhere. */
export function delay(code: string, language: Language): Because | undefined {
  const words: Words | undefined = code in DELAYS ? DELAYS[code as keyof typeof DELAYS] : undefined; // guarded by `in`
  return words && { code, text: words[language] };
}

/** A campaign that is not there any more, in each language. */
export const GONE: Reason = { code: 'CANCELLED', text: WORDS.CANCELLED };

/** A code that a campaign gives of itself. */
type CampaignWord = keyof typeof WORDS;

/** A reason in the reader's language; a code without words speaks for itself. */
export function say(code: string, language: Language, at?: string): Because {
  const words: Words | undefined = code in WORDS ? WORDS[code as CampaignWord] : undefined; // guarded by `in`
  return { code, text: words?.[language] ?? code, ...(at === undefined ? {} : { at }) };
}

const OPERATOR_CODE = {
  fr: ' Code de l’opérateur : ',
  en: ' The operator’s code: ',
} as const satisfies Words;

/** Why a campaign is parked, with the operator's own code where it gave one. */
export function parkedBecause(
  {
    parkedBecause: code,
    parkedCode,
  }: { readonly parkedBecause: string | null; readonly parkedCode: string | null },
  language: Language,
): Because {
  const because = say(code ?? 'OPERATOR', language);
  if (parkedCode === null) return because;
  return { ...because, text: `${because.text}${OPERATOR_CODE[language]}${parkedCode}.` };
}
