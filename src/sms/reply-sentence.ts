import type { Language, Words } from '../law/rule.ts';
import type { ReplyBecause, ReplyKind } from './inbound-word.ts';

/** What was heard. */
const HEARD: Readonly<Record<ReplyKind, Words>> = {
  stop: { fr: 'Demande d’arrêt', en: 'A request to stop' },
  'stop-all': { fr: 'Demande d’arrêt de tout', en: 'A request to stop everything' },
  contact: { fr: 'Question sur qui écrit', en: 'A question about who writes' },
  start: { fr: 'Demande de revenir', en: 'A wish to come back' },
  confirm: { fr: 'Confirmation', en: 'A confirmation' },
  cancel: { fr: 'Annulation', en: 'A cancellation' },
  decline: { fr: 'Refus', en: 'A refusal' },
  objection: { fr: 'Opposition probable, à lire', en: 'A probable objection, to be read' },
  other: { fr: 'Aucune demande reconnue', en: 'No request recognised' },
};

/** By what it was heard; `%s` is the word or turn of our lists. */
const WHY: Readonly<Record<ReplyBecause['code'], Words>> = {
  WHOLE_REPLY: { fr: 'toute la réponse est « %s »', en: 'the whole reply is "%s"' },
  FIRST_WORD: { fr: 'elle commence par « %s »', en: 'it begins with "%s"' },
  FIRST_WORD_OF_FEW: { fr: 'courte, elle commence par « %s »', en: 'short, it begins with "%s"' },
  AMONG_FEW_WORDS: { fr: '« %s » parmi peu de mots', en: '"%s" among few words' },
  TYPO_OF_STOP: { fr: 'faute de frappe de « %s »', en: 'a typing error for "%s"' },
  SAID_BY_OPERATOR: { fr: 'l’opérateur l’a reçue comme un STOP', en: 'the operator took it as a STOP' },
  TURN_OF_PHRASE: { fr: 'tournure « %s »', en: 'turn of phrase "%s"' },
  WHOLE_WORDS: { fr: 'elle ne dit que « %s »', en: 'it says nothing but "%s"' },
  QUESTION: { fr: 'c’est une question', en: 'it is a question' },
  NOTHING_MATCHED: { fr: 'aucun mot des listes', en: 'no word of the lists' },
};

/** Why a reply was read so, in one sentence that repeats nothing of the person's. */
export function replySentence(
  { kind, because }: { readonly kind: ReplyKind; readonly because: ReplyBecause },
  language: Language,
): string {
  const why = WHY[because.code][language].replace('%s', () => because.matched ?? '');
  const colon = language === 'fr' ? ' : ' : ': ';
  return `${HEARD[kind][language]}${colon}${why} (${because.ruleId}).`;
}
