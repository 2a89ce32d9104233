import { Refusal } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import { LONGEST_ROW } from './csv-reader.ts';
import { foreignSentence, isForeignKind, type ForeignKind } from './foreign-file.ts';

/** Refuses what is no CSV. */
export const notCsv = (found: ForeignKind): Refusal =>
  new Refusal('IMPORT_NOT_CSV', {
    detail: { fr: foreignSentence(found, 'fr'), en: foreignSentence(found, 'en') },
    found,
  });

/** A line that was given up, and how long it was until then. */
interface EndlessLine {
  readonly line: number;
  readonly bytes: number;
}

/** Refuses a file of which one line does not end. */
export const endlessLine = (where: EndlessLine): Refusal =>
  new Refusal('IMPORT_LINE_TOO_LONG', {
    detail: { fr: endlessSentence(where, 'fr'), en: endlessSentence(where, 'en') },
    ...where,
  });

function endlessSentence({ line, bytes }: EndlessLine, language: Language): string {
  const long = { fr: `${bytes} octets en ont été lus`, en: `${bytes} bytes of it were read` };
  if (line === 1)
    return language === 'fr'
      ? `La première ligne ne finit pas, ou bien trop tard : ${long.fr}. Attendu : une ligne de titres, de ${LONGEST_ROW} octets au plus, puis une ligne par personne. Ce n’est pas un CSV, ou un guillemet (") y est resté ouvert, ou elle a trop de colonnes : enregistrez de nouveau la liste en CSV et envoyez-la.`
      : `The first line does not end, or far too late: ${long.en}. Expected: a line of headings, of ${LONGEST_ROW} bytes at most, then one line a person. It is no CSV, or a quote (") was left open in it, or it has too many columns: save the list as CSV again, and send that.`;
  return language === 'fr'
    ? `La ligne ${line} ne finit pas : ${long.fr}. Attendu : une ligne par personne, de ${LONGEST_ROW} octets au plus. Cherchez un guillemet (") resté ouvert sur la ligne ${line} ou la précédente ; sinon, enregistrez de nouveau la liste en CSV et envoyez-la.`
    : `Line ${line} does not end: ${long.en}. Expected: one line a person, of ${LONGEST_ROW} bytes at most. Look for a quote (") that is open on line ${line} or on the one before; otherwise save the list as CSV again, and send that.`;
}

/** What the details of a refused file say, in the reader's language; nothing of other refusals. */
export function refusedFileSentence(
  { found, line, bytes }: Readonly<Record<string, unknown>>,
  language: Language,
): string | undefined {
  if (isForeignKind(found)) return foreignSentence(found, language);
  if (typeof line !== 'number' || typeof bytes !== 'number') return undefined;
  return endlessSentence({ line, bytes }, language);
}
