import { folded, type Hit } from './word-list.ts';

/** Streets, squares and schools bear dates: "rue du 8 mai 1945", "place du 11 novembre". */
const STREET =
  /(?:\b(?:rue|r\.|avenue|ave?\.?|boulevard|bo?u?l?v?d\.?|place|pl\.?|quai|cours|square|allees?|esplanade|impasse|passage|chemin|route|faubourg|rond[- ]point|pont|parc|jardin|residence|cite|caserne|stade|salle|lycee|college|ecole|station|arret|metro|tram|quartier|stele|monument|mail|villa|promenade|port)\s+(?:de la |du |des |de |le )?)$/;

/** "Ouvert du lundi au samedi", "fermé le lundi", "tous les jeudis": any week. */
const EVERY_WEEK =
  /(?<![\p{L}\w])(?:ouvert\p{L}*|fermee?s?|ouverture|horaires?|permanences?|accueil|boutique ouverte|tous|toutes|chaque|every|open|closed|opening hours|sauf)(?:\s*:)?(?:\s+(?:le|les|on|du \p{L}+ au|\p{L}+ (?:a|et|to|and)|from \p{L}+ to)){0,6}\s+$/u;

/** Names of sales and feasts that end with a weekday. */
const NAMED_DAY = /\b(?:black|cyber|good|fat|ash|mega|super)\s+$/;

const WEEKDAY_ALONE =
  /^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$/;

/** Whether words that look like a day name none: a street, a range's beginning, a day of opening. */
export function namesNoDay(text: string, { at, words }: Hit): boolean {
  const bare = folded(text);
  const before = bare.slice(Math.max(0, at - 60), at);
  const behind = bare.slice(at + words.length, at + words.length + 30);
  if (STREET.test(before) || opensRange(before, behind)) return true;
  if (!WEEKDAY_ALONE.test(bare.slice(at, at + words.length))) return false;
  return isDated(behind) || NAMED_DAY.test(before) || isOpening(before);
}

/** "du 10/06 au …", "from Monday to …": the beginning of a range says nothing of its end. */
const opensRange = (before: string, behind: string): boolean =>
  /(?:\bdu|\bfrom|\bentre le)\s+$/.test(before) && /^\s+(?:au|to|until|et le)\b/.test(behind);

/** "mercredi 24 juin": the date behind it says it all. */
const isDated = (behind: string): boolean =>
  /^,? (?:le |the )?(?:0?[1-9]|[12]\d|3[01])(?:er|st|nd|rd|th)?(?:[/.-]\d| \p{L}{3,9}\b(?<! heures?))/u.test(
    behind,
  );

/** A day of opening without an article is next week's alone: "ouvert dimanche". */
const isOpening = (before: string): boolean =>
  EVERY_WEEK.test(before) && !/(?:ouvert\p{L}{0,9}|fermee?s?|open|closed)\s+$/u.test(before);
