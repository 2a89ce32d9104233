import { Refusal, LONGEST_ROW } from '../../platform/index.ts';
import { foreignSentence, isForeignKind, type ForeignKind } from './foreign-file.ts';
import { inEachLanguage, wordsIn, type Language } from '../../words/index.ts';

/** Refuses what is no CSV. */
export const notCsv = (found: ForeignKind): Refusal =>
  new Refusal('IMPORT_NOT_CSV', {
    detail: inEachLanguage((language) => foreignSentence(found, language)),
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
    detail: inEachLanguage((language) => endlessSentence(where, language)),
    ...where,
  });

function endlessSentence({ line, bytes }: EndlessLine, language: Language): string {
  const { bytesRead, endlessFirstLine, endlessLine: ofLine } = wordsIn(language).importing;
  const long = bytesRead({ bytes });
  return line === 1
    ? endlessFirstLine({ long, longest: LONGEST_ROW })
    : ofLine({ line, long, longest: LONGEST_ROW });
}

/** Words the details of a refused file in the reader's language; empty for other refusals. */
export function refusedFileSentence(
  { found, line, bytes }: Readonly<Record<string, unknown>>,
  language: Language,
): string | undefined {
  if (isForeignKind(found)) return foreignSentence(found, language);
  if (typeof line !== 'number' || typeof bytes !== 'number') return undefined;
  return endlessSentence({ line, bytes }, language);
}
