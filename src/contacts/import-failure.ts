import type { Language, Words } from '../law/rule.ts';

/** The widest export that was met has some 200; the headings are kept with the import. */
export const MOST_COLUMNS = 1_000;

/** Every way a file of rows can be read not at all, or not to its end. */
export const fileFailures = {
  FILE_EMPTY: { fr: 'Le fichier ne contient aucune ligne.', en: 'The file holds no row.' },
  HEADER_UNREADABLE: {
    fr: 'La ligne des titres ne se lit pas.',
    en: 'The line of headings cannot be read.',
  },
  TOO_MANY_COLUMNS: { fr: 'Le fichier a trop de colonnes.', en: 'The file has too many columns.' },
  PHONE_COLUMN_MISSING: {
    fr: 'Aucune colonne n’est connue pour contenir les numéros.',
    en: 'No column is known to hold the numbers.',
  },
  REFERENCE_COLUMN_MISSING: {
    fr: 'Aucune colonne n’est connue pour contenir les références.',
    en: 'No column is known to hold the references.',
  },
  START_COLUMN_MISSING: {
    fr: 'Aucune colonne n’est connue pour contenir la date et l’heure.',
    en: 'No column is known to hold the date and the hour.',
  },
  MAPPED_COLUMN_MISSING: {
    fr: 'Une colonne que mapping nomme n’est pas dans le fichier.',
    en: 'A column that mapping names is not in the file.',
  },
  ROW_STOPS_READER: {
    fr: 'Une ligne du fichier arrête sa lecture.',
    en: 'A row of the file stops its reading.',
  },
} as const satisfies Record<string, Words>;

/** The code of such a failure, part of the contract with callers. */
export type FileFailureCode = keyof typeof fileFailures;

/** Why a file could not be read, and where; nothing of what its cells say. */
export interface FileFailure {
  readonly code: FileFailureCode;
  /** The line of the first row, or of the one that stopped reading. */
  readonly line?: number;
  readonly columns?: number;
  /** A later line, which looks like the headings. */
  readonly headingsAt?: number;
  /** Whether the first row holds a number already. */
  readonly isPerson?: boolean;
  /** Headings that the caller named. */
  readonly missing?: readonly string[];
  /** Fields that no column is known for. */
  readonly lacking?: readonly string[];
  /** The columns, where the first row is one of headings. */
  readonly unread?: UnreadColumns;
}

/** Columns of a file that could not be read: headings, and the shape of the rows below them. */
export interface UnreadColumns {
  readonly headings: readonly string[];
  /** Those that were not understood. */
  readonly unknown: readonly string[];
  /** Letters as x, digits as 9: who stands there is not told. */
  readonly rows: readonly (readonly string[])[];
}

/** What was found, what was expected, and what to do. */
export const failureSentence = (failure: FileFailure, language: Language): string =>
  `${fileFailures[failure.code][language]} ${toldOf(failure)[language]}`;

/** The sentence of an import that failed; one of before has a code alone. */
export function toldFailure(
  { code, facts }: { readonly code: string | null; readonly facts: Omit<FileFailure, 'code'> | undefined },
  language: Language,
): string | null {
  return code !== null && isFailureCode(code) ? failureSentence({ ...facts, code }, language) : null;
}

const isFailureCode = (code: string): code is FileFailureCode => Object.hasOwn(fileFailures, code);

function toldOf(failure: FileFailure): Words {
  const { code, line = 1, columns } = failure;
  switch (code) {
    case 'FILE_EMPTY':
      return {
        fr: 'Attendu : une ligne de titres, puis une ligne par personne. Vérifiez l’export qui l’a produit et renvoyez-le.',
        en: 'Expected: a line of headings, then one line a person. Look at the export that made it, and send it again.',
      };
    case 'HEADER_UNREADABLE':
      return {
        fr: `La ligne ${line} ouvre un guillemet (") que rien ne referme, ou n’en finit pas. Attendu : des titres comme telephone;prenom;nom. Corrigez cette ligne et renvoyez le fichier.`,
        en: `Line ${line} opens a quote (") that nothing closes, or is longer than headings are. Expected: headings such as telephone;prenom;nom. Repair that line, and send the file again.`,
      };
    case 'TOO_MANY_COLUMNS':
      return {
        fr: `La ligne ${line} en a ${columns ?? 'plus'} ; ${MOST_COLUMNS} au plus sont lues. Ne gardez que celles qui servent et renvoyez le fichier.`,
        en: `Line ${line} has ${columns ?? 'more'}; ${MOST_COLUMNS} at most are read. Keep those that are needed, and send the file again.`,
      };
    case 'PHONE_COLUMN_MISSING':
      return headingsFor(failure, {
        fr: 'Attendu : un titre comme telephone, portable, mobile ou phone. Renommez le vôtre, ou nommez-le : ?mapping={"Votre titre":"phone"}.',
        en: 'Expected: a heading such as telephone, portable, mobile or phone. Rename yours, or name it: ?mapping={"Your heading":"phone"}.',
      });
    case 'REFERENCE_COLUMN_MISSING':
      return headingsFor(failure, {
        fr: 'Attendu : un titre comme reference, ref ou externalId. Renommez le vôtre, ou nommez-le : ?mapping={"Votre titre":"externalId"}.',
        en: 'Expected: a heading such as reference, ref or externalId. Rename yours, or name it: ?mapping={"Your heading":"externalId"}.',
      });
    case 'START_COLUMN_MISSING':
      return headingsFor(failure, {
        fr: 'Attendu : un titre comme date_heure, ou deux, comme Date et Heure. Renommez les vôtres, ou nommez-les : ?mapping={"Votre titre":"startsAt"}.',
        en: 'Expected: a heading such as startsAt, or two, such as Date and Time. Rename yours, or name them: ?mapping={"Your heading":"startsAt"}.',
      });
    case 'ROW_STOPS_READER':
      return {
        fr: `La lecture s’est arrêtée plusieurs fois, la dernière à la ligne ${line}. Ce que ce rapport compte est gardé ; la suite n’est pas lue. Corrigez ou retirez cette ligne, renvoyez le fichier, puis annulez cet import.`,
        en: `Reading stopped several times, the last time at line ${line}. What this report counts is kept; the rest is not read. Correct or remove that line, send the file again, then cancel this import.`,
      };
    case 'MAPPED_COLUMN_MISSING':
      return headingsFor(failure, mappedOnes(failure));
    default:
      return code satisfies never;
  }
}

const LONGEST_SHOWN = 80;

function mappedOnes({ missing = [] }: FileFailure): Words {
  const named = missing.map((heading) => heading.slice(0, LONGEST_SHOWN));
  return {
    fr: `Attendu, parmi eux : ${named.map((heading) => `« ${heading} »`).join(', ')}. Corrigez ces titres dans mapping, ou retirez-les, et renvoyez le fichier.`,
    en: `Expected among them: ${named.map((heading) => `"${heading}"`).join(', ')}. Correct these headings in mapping, or take them out, and send the file again.`,
  };
}

/** What stands where headings should, and what to do about it. */
function headingsFor(failure: FileFailure, otherwise: Words): Words {
  const { line = 1, columns, headingsAt, isPerson } = failure;
  if (headingsAt !== undefined)
    return {
      fr: `Les titres étaient attendus à la ligne ${line} et semblent être à la ligne ${headingsAt} : retirez ce qui les précède.`,
      en: `Headings were expected on line ${line}, and seem to stand on line ${headingsAt}: remove what comes before them.`,
    };
  if (isPerson === true)
    return {
      fr: `La ligne ${line} contient déjà un numéro : ce ne sont pas des titres. Ajoutez une première ligne de titres, comme telephone;prenom;nom.`,
      en: `Line ${line} holds a number already: these are no headings. Put a line of headings first, such as telephone;prenom;nom.`,
    };
  if (columns === 1)
    return {
      fr: `Une seule colonne à la ligne ${line} : les cellules se séparent par ; ou , ou tabulation ou |. ${otherwise.fr}`,
      en: `Line ${line} has one column only: cells are set apart by ; or , or tab or |. ${otherwise.en}`,
    };
  const [fr, en] = [columnsTold(failure, 'fr'), columnsTold(failure, 'en')];
  return {
    fr: `Trouvé : ${columns ?? 'des'} titres à la ligne ${line}. ${fr}${otherwise.fr}`,
    en: `Found: ${columns ?? 'some'} headings on line ${line}. ${en}${otherwise.en}`,
  };
}

/** Fields that every file of bookings needs, in words. */
export const NEEDED_FIELDS: Readonly<Record<string, Words>> = {
  externalId: { fr: 'la référence', en: 'the reference' },
  phone: { fr: 'le numéro de mobile', en: 'the mobile number' },
  startsAt: { fr: 'la date et l’heure', en: 'the date and the hour' },
};

/** What is missing, and what was not understood. */
function columnsTold({ code, lacking = [], unread }: FileFailure, language: Language): string {
  // The caller named columns: what else there is, is not the point.
  if (code === 'MAPPED_COLUMN_MISSING') return '';
  const missing = lacking.map((field) => NEEDED_FIELDS[field]?.[language] ?? field).join(', ');
  const unknown = (unread?.unknown ?? [])
    .slice(0, MOST_TOLD)
    .map((heading) => (language === 'fr' ? `« ${heading} »` : `"${heading}"`))
    .join(', ');
  const told = {
    fr: [missing && `Il manque : ${missing}. `, unknown && `Colonnes non comprises : ${unknown}. `],
    en: [missing && `Missing: ${missing}. `, unknown && `Columns not understood: ${unknown}. `],
  };
  return told[language].join('');
}

/** So many headings are told in a sentence. */
const MOST_TOLD = 10;
