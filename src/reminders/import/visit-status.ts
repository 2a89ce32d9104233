import { plainHeading } from '../../people/import/import-heading.ts';
import { inOwnWords, type OwnWords } from '../../people/import/import-word.ts';

/** What an agenda says of a visit: it is to come or came, it will not be, or nobody came. */
export type VisitStatus = 'planned' | 'cancelled' | 'absent';

const words = (list: string): ReadonlySet<string> => new Set(list.split(', ').map(plainHeading));

/** Whole words alone: one that is not known may say that nobody is expected. */
const PLANNED = words(
  'planned, planifié, planifiée, prévu, prévue, programmé, programmée, à venir, confirmé, confirmée, validé, validée, réservé, réservée, accepté, acceptée, honoré, honorée, venu, venue, vu, vue, présent, présente, arrivé, arrivée, terminé, terminée, effectué, effectuée, réalisé, réalisée, en salle d’attente, en consultation, en cours, actif, active, ok, normal, oui, scheduled, booked, confirmed, accepted, active, upcoming, seen, completed, done, arrived, checked in, attended',
);

/** However such a word goes on, by whom or when, the visit is off. */
const CANCELLED =
  /^(?:rdv|rendezvous)?(?:annul|cancel|supprim|decommand|desist|refuse|declin|deleted|removed|reject|rejet)/;
const ABSENT =
  /^(?:absen|nonvenu|nonhonor|nonpresent|pasvenu|noshow|lapin|excuse|manquee?$|rdvmanque$|rendezvousmanque$|missed|didnotattend|notattended)/;
/** Somebody asked for it, or it was not granted: whoever was told of the visit may not be told the contrary. */
const UNSETTLED = /demand|attente|.refusee?$|request|pending|possible/;

/** A word of an agenda is shorter; what is longer is a note. */
const LONGEST_WORD = 100;

/** What a cell says of a visit; `planned` when it is empty, nothing when nobody knows the word. */
export function visitStatus(cell: string, own: OwnWords): VisitStatus | undefined {
  if (cell.length > LONGEST_WORD) return undefined;
  const word = plainHeading(inOwnWords(cell, own));
  if (word === '' || PLANNED.has(word)) return 'planned';
  if (UNSETTLED.test(word)) return undefined;
  if (CANCELLED.test(word)) return 'cancelled';
  return ABSENT.test(word) ? 'absent' : undefined;
}
