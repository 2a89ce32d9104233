import { plainHeading } from '../../people/import/import-heading.ts';
import { inOwnWords, type OwnWords } from '../../people/import/import-cell.ts';

/** The status of a visit in an agenda: planned or done, cancelled, or missed by its person. */
export type VisitStatus = 'planned' | 'cancelled' | 'absent';

const words = (list: string): ReadonlySet<string> => new Set(list.split(', ').map(plainHeading));

/** Whole words only: an unknown one may mean that the visit is off. */
const PLANNED = words(
  'planned, planifié, planifiée, prévu, prévue, programmé, programmée, à venir, confirmé, confirmée, validé, validée, réservé, réservée, accepté, acceptée, honoré, honorée, venu, venue, vu, vue, présent, présente, arrivé, arrivée, terminé, terminée, effectué, effectuée, réalisé, réalisée, en salle d’attente, en consultation, en cours, actif, active, ok, normal, oui, scheduled, booked, confirmed, accepted, active, upcoming, seen, completed, done, arrived, checked in, attended',
);

/** However such a word goes on, by whom or when, the visit is off. */
const CANCELLED =
  /^(?:rdv|rendezvous)?(?:annul|cancel|supprim|decommand|desist|refuse|declin|deleted|removed|reject|rejet)/;
const ABSENT =
  /^(?:absen|nonvenu|nonhonor|nonpresent|pasvenu|noshow|lapin|excuse|manquee?$|rdvmanque$|rendezvousmanque$|missed|didnotattend|notattended)/;
/** A request that is pending or was refused: a person already informed of the visit may not be contradicted. */
const UNSETTLED = /demand|attente|.refusee?$|request|pending|possible/;

/** A status is shorter; a longer text is a note. */
const LONGEST_WORD = 100;

/** Returns a cell's status; `planned` when it is empty, undefined for an unknown word. */
export function visitStatus(cell: string, own: OwnWords): VisitStatus | undefined {
  if (cell.length > LONGEST_WORD) return undefined;
  const word = plainHeading(inOwnWords(cell, own));
  if (word === '' || PLANNED.has(word)) return 'planned';
  if (UNSETTLED.test(word)) return undefined;
  if (CANCELLED.test(word)) return 'cancelled';
  return ABSENT.test(word) ? 'absent' : undefined;
}
